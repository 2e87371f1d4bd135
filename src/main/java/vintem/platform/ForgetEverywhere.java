package vintem.platform;

import io.quarkus.arc.All;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import org.jboss.logging.Logger;

/// Lets every node drop what it keeps of people beside the database, once somebody was forgotten.
///
/// The hint names nobody, so it may go through Redis, and nodes drop what they keep of everybody:
/// all of it can be worked out again. A node that may have missed a hint, because Redis was away,
/// drops it, too, when Redis is back.
@Singleton
public final class ForgetEverywhere implements Broadcast.Listener {
    private static final String TOPIC = "people.forgotten";
    private static final Logger LOG = Logger.getLogger(ForgetEverywhere.class);

    private final List<PersonalData> places;
    private final Broadcast broadcast;
    private final String node = Ids.next().toString();

    @Inject
    public ForgetEverywhere(@All List<PersonalData> places, Broadcast broadcast) {
        this.places = places;
        this.broadcast = broadcast;
    }

    /// From the start on, and not only since this node has forgotten somebody itself.
    void begin(@Observes StartupEvent event) {
        listen();
    }

    /// Hears what other nodes have forgotten.
    public void listen() {
        broadcast.listen(TOPIC, this);
    }

    /// To be called after the commit of an erasure: on this node it is done when this returns.
    public void committed() {
        drop();
        broadcast.tell(TOPIC, node);
    }

    @Override
    public void told(String topic, String message) {
        if (!message.equals(node)) {
            dropMeanwhile();
        }
    }

    @Override
    public void readAgain() {
        dropMeanwhile();
    }

    // The teller must not wait, and Redis may have to be asked.
    private void dropMeanwhile() {
        Thread.ofVirtual().name("drop-what-was-forgotten").start(this::drop);
    }

    private void drop() {
        for (var place : places) {
            try {
                place.erased();
            } catch (RuntimeException failed) {
                LOG.errorf(failed, "what %s keeps in memory was not dropped", place.where());
            }
        }
    }
}
