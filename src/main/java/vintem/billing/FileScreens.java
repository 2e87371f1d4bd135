package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.UUID;
import vintem.platform.Broadcast;

/// Tells whoever looks at a file that it has moved. A hint, after the commit: they read again.
@Singleton
class FileScreens {
    static final String MOVED = "moved";

    private final Broadcast broadcast;

    @Inject
    FileScreens(Broadcast broadcast) {
        this.broadcast = broadcast;
    }

    void moved(UUID fileId) {
        broadcast.tell(topic(fileId), MOVED);
    }

    static String topic(UUID fileId) {
        return "debt-file:" + fileId;
    }
}
