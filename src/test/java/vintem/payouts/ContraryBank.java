package vintem.payouts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import vintem.bank.PixRail;
import vintem.bank.SimulatedBank;

/// A bank that behaves as no bank should. It books what it is told to at the sandbox's bank, whose
/// books are audited, and says of it what it likes.
final class ContraryBank implements PixRail {
    /// What it does with orders; at first what the sandbox's bank does.
    Function<List<Order>, List<Answer>> onSend;

    /// What it says when it is asked.
    Function<List<String>, List<Answer>> onFind;

    /// The lists that were sent, in order.
    final List<List<Order>> sent = new ArrayList<>();

    /// The lists that were asked about.
    final List<List<String>> asked = new ArrayList<>();

    private final SimulatedBank honest;

    ContraryBank(SimulatedBank honest) {
        this.honest = honest;
        onSend = honest::send;
        onFind = honest::find;
    }

    @Override
    public Terms terms() {
        return new Terms(true, Duration.ofSeconds(2), Duration.ZERO);
    }

    @Override
    public List<Answer> send(List<Order> orders) {
        synchronized (sent) {
            sent.add(List.copyOf(orders));
        }
        return onSend.apply(orders);
    }

    @Override
    public List<Answer> find(List<String> providerIds) {
        asked.add(List.copyOf(providerIds));
        return onFind.apply(providerIds);
    }

    /// Really pays, and answers honestly.
    List<Answer> pays(List<Order> orders) {
        return honest.send(orders);
    }

    @Override
    public List<Returned> returnsAfter(long place, int most) {
        return honest.returnsAfter(place, most);
    }

    @Override
    public List<Registration> register(List<Charge> charges) {
        return honest.register(charges);
    }

    @Override
    public List<Answer> refund(List<Refund> refunds) {
        return honest.refund(refunds);
    }

    @Override
    public void withdraw(List<String> txids) {
        honest.withdraw(txids);
    }

    @Override
    public List<Answer> findRefunds(List<Refund> refunds) {
        return honest.findRefunds(refunds);
    }

    @Override
    public List<Incoming> incomingAfter(long place, int most) {
        return honest.incomingAfter(place, most);
    }
}
