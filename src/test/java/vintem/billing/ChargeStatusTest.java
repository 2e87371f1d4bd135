package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static vintem.billing.ChargeStatus.CANCELLED;
import static vintem.billing.ChargeStatus.OPEN;
import static vintem.billing.ChargeStatus.PAID;
import static vintem.billing.ChargeStatus.PARTIALLY_PAID;

import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChargeStatusTest {
    private record Move(ChargeStatus from, ChargeStatus to) {}

    private static final List<Move> FORBIDDEN =
            List.of(
                    new Move(OPEN, OPEN),
                    new Move(PARTIALLY_PAID, OPEN),
                    new Move(PAID, OPEN),
                    new Move(PAID, PARTIALLY_PAID),
                    new Move(PAID, PAID),
                    new Move(PAID, CANCELLED),
                    new Move(CANCELLED, OPEN),
                    new Move(CANCELLED, PARTIALLY_PAID),
                    new Move(CANCELLED, PAID),
                    new Move(CANCELLED, CANCELLED));

    @Test
    void what_is_not_forbidden_is_allowed() {
        var allowed = new LinkedHashSet<Move>();
        for (var from : ChargeStatus.values()) {
            for (var to : ChargeStatus.values()) {
                if (from.mayBecome(to)) {
                    allowed.add(new Move(from, to));
                }
            }
        }
        assertThat(allowed).doesNotContainAnyElementsOf(FORBIDDEN);
        assertThat(allowed.size() + FORBIDDEN.size()).isEqualTo(16);
    }

    @Test
    void only_what_may_still_be_paid_is_owed() {
        assertThat(ChargeStatus.values())
                .allSatisfy(it -> assertThat(it.owes()).isEqualTo(it.mayBecome(PAID)));
    }

    @Test
    void a_boleto_is_closed_by_what_pays_its_charge_and_never_opened_again() {
        for (var status : BoletoStatus.values()) {
            var open =
                    List.of(BoletoStatus.DRAFT, BoletoStatus.REGISTERING, BoletoStatus.REGISTERED)
                            .contains(status);
            assertThat(status.settledBy(Settlement.Channel.BOLETO))
                    .isEqualTo(open ? BoletoStatus.PAID : status);
            assertThat(status.settledBy(Settlement.Channel.PIX))
                    .isEqualTo(open ? BoletoStatus.WRITTEN_OFF : status);
            assertThat(status.writtenOff()).isEqualTo(open ? BoletoStatus.WRITTEN_OFF : status);
        }
    }
}
