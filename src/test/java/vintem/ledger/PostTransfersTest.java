package vintem.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import vintem.access.Caller;
import vintem.access.Grant;
import vintem.ledger.PostTransfers.Leg;
import vintem.ledger.PostTransfers.Outcome;
import vintem.platform.BreakingLine;
import vintem.platform.BreakingLine.Side;
import vintem.platform.Coalescer.Unavailable;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Idempotency.Identity;
import vintem.platform.Ids;
import vintem.platform.Together;

/// Posting by hand, on a line that can break.
class PostTransfersTest {
    private static final Caller ANA =
            new Caller(new UUID(5, 5), Caller.Kind.USER, "ana", Grant.EVERYTHING);

    private LedgerWorld world;
    private BreakingLine line;
    private PostTransfers postTransfers;

    @BeforeEach
    void books_with_100_cents() {
        world = new LedgerWorld();
        world.opensWith(100);
        line = new BreakingLine(world.test.owner());
        postTransfers = world.postTransfers(line.database());
    }

    @AfterEach
    void closed_books() {
        assertThat(world.refuted()).isEmpty();
        postTransfers.stop();
        line.close();
        world.close();
    }

    @Test
    void an_entry_is_posted_answered_and_logged_with_who_did_it() {
        var entry = posted(request("k", fee(30), leg("bank", "sales", 5)));
        assertThat(entry.transfers()).hasSize(2);
        assertThat(entry.transfers())
                .allSatisfy(each -> assertThat(each.entryId()).isEqualTo(entry.entryId()));
        assertThat(entry.transfers().getFirst().amountCents()).isEqualTo(30);
        assertThat(world.bank()).isEqualTo(75);
        assertThat(
                        world.one(
                                "select caller_id || ' ' || action || ' ' || subject from access_log",
                                String.class))
                .isEqualTo(ANA.id() + " transfers.posted " + entry.entryId());
    }

    @Test
    void what_does_not_fit_writes_nothing_not_even_its_key() {
        var before = world.transfers();
        var tooMuch = request("k", leg("bank", "sales", 5), fee(106));
        assertThat(postTransfers.post(tooMuch))
                .isEqualTo(new Outcome.InsufficientFunds(AccountCode.BANK));
        assertThat(world.transfers()).isEqualTo(before);
        assertThat(world.test.count("idempotency_key")).isZero();
        assertThat(world.test.count("access_log")).isZero();
        // The very same request succeeds once there is money.
        world.opensWith(1);
        assertThat(postTransfers.post(tooMuch)).isInstanceOf(Outcome.Posted.class);
    }

    @Test
    void nobody_posts_by_hand_to_an_account_that_repeats_another_table() {
        for (var account : AccountCode.values()) {
            if (account.mirrored()) {
                var outcome =
                        postTransfers.post(
                                request("k", fee(1), leg("bank_fees", account.code(), 1)));
                assertThat(outcome).isEqualTo(new Outcome.MirroredAccount(1, account));
            }
        }
        assertThat(postTransfers.post(request("k", fee(1), leg("nowhere", "bank", 1))))
                .isEqualTo(new Outcome.UnknownAccount(1, "nowhere"));
        assertThat(world.transfers()).isEqualTo(1);
    }

    @Test
    void the_same_request_again_gets_the_same_bytes_and_posts_nothing() {
        var first = posted(request("k", fee(30)));
        var again = postTransfers.post(request("k", fee(30)));
        assertThat(again).isInstanceOf(Outcome.KeyTaken.class);
        var claim = ((Outcome.KeyTaken) again).claim();
        assertThat(claim).isInstanceOf(Claim.Replay.class);
        assertThat(((Claim.Replay) claim).body()).isEqualTo(first.json());
        assertThat(world.bank()).isEqualTo(70);
        assertThat(postTransfers.post(request("k", fee(31))))
                .isEqualTo(new Outcome.KeyTaken(new Claim.OtherRequest()));
    }

    @Test
    void the_same_request_many_times_at_once_is_posted_once() {
        var outcomes = Together.atOnce(12, () -> postTransfers.post(request("k", fee(30))));
        assertThat(outcomes).filteredOn(each -> each instanceof Outcome.Posted).hasSize(1);
        assertThat(outcomes)
                .filteredOn(each -> !(each instanceof Outcome.Posted))
                .allSatisfy(each -> assertThat(each).isInstanceOf(Outcome.KeyTaken.class));
        assertThat(world.bank()).isEqualTo(70);
    }

    @Test
    void requests_in_one_list_share_the_money_in_the_order_of_arrival() {
        var works = new ArrayList<Callable<Outcome>>();
        for (var i = 0; i < 20; i++) {
            var request = request("k" + i, fee(9));
            works.add(() -> postTransfers.post(request));
        }
        var outcomes = Together.atOnce(works);
        assertThat(outcomes).filteredOn(each -> each instanceof Outcome.Posted).hasSize(11);
        assertThat(world.bank()).isEqualTo(1);
        assertThat(world.test.count("idempotency_key")).isEqualTo(11);
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void a_commit_whose_answer_was_lost_is_answered_as_posted_and_taken_once(Side side) {
        line.breakAtCommit(side, 1);
        var entry = posted(request("k", fee(60)));
        assertThat(line.hasBroken()).isTrue();
        assertThat(entry.transfers()).hasSize(1);
        assertThat(world.bank()).isEqualTo(40);
        assertThat(world.available()).isLessThanOrEqualTo(40);
        assertThat(postTransfers.post(request("k2", fee(41))))
                .isInstanceOf(Outcome.InsufficientFunds.class);
        assertThat(postTransfers.post(request("k3", fee(40)))).isInstanceOf(Outcome.Posted.class);
        assertThat(world.test.count("access_log")).isEqualTo(2);
    }

    @Test
    void after_closing_nothing_is_taken() {
        postTransfers.stop();
        assertThatThrownBy(() -> postTransfers.post(request("k", fee(1))))
                .isInstanceOf(Unavailable.class);
    }

    private PostTransfers.Entry posted(PostTransfers.Request request) {
        var outcome = postTransfers.post(request);
        assertThat(outcome).isInstanceOf(Outcome.Posted.class);
        return ((Outcome.Posted) outcome).entry();
    }

    private static Leg fee(long cents) {
        return leg("bank_fees", "bank", cents);
    }

    private static Leg leg(String debit, String credit, long cents) {
        return new Leg(
                Ids.next(), debit, credit, cents, "bank_fee", LedgerWorld.SOMEBODY, Instant.EPOCH);
    }

    /// The body is what was asked for; ids are new with each request.
    private static PostTransfers.Request request(String key, Leg... legs) {
        var body = new StringBuilder();
        for (var leg : legs) {
            body.append(leg.debit()).append(leg.credit()).append(leg.amountCents());
        }
        var entryId = legs[0].id();
        var identity = new Identity(ANA.id(), "POST /ledger/transfers", key);
        var hash = Idempotency.hash(body.toString().getBytes(StandardCharsets.UTF_8));
        return new PostTransfers.Request(
                entryId, List.of(legs), ANA, new Idempotency.Request(identity, hash, entryId));
    }
}
