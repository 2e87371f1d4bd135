package vintem.cashback;

import vintem.platform.Fields;
import vintem.platform.Json;
import vintem.platform.Problem;

/// What the outside API says: `{"statusCode":200,"body":{"credit":3600}}`, or
/// `{"statusCode":400,"body":{"message":"…"}}` with HTTP's own `200` around either. The inner code
/// decides.
final class CashbackAnswer {
    /// The API has answered, but no figure.
    static final class NoFigure extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final Reason why;

        NoFigure(Reason why) {
            super(why.name(), null, false, false);
            this.why = why;
        }

        /// A stable word for machines.
        String reason() {
            return why.word;
        }

        /// Whether the API is unwell, rather than of another opinion.
        boolean isTheirTrouble() {
            return why != Reason.REFUSED;
        }
    }

    enum Reason {
        /// It does not want to say: an inner code of 4xx, for a CPF or a token that it does not
        /// know.
        REFUSED("refused"),
        /// It says itself that it is unwell, or somebody in front of it does.
        FAILING("failing"),
        /// What it says is no answer of its kind.
        UNREADABLE("unreadable");

        private final String word;

        Reason(String word) {
            this.word = word;
        }
    }

    private static final int OK = 200;
    private static final long CENTS = 100;

    private CashbackAnswer() {}

    /// The credit in cents. It comes in whole BRL, as an integer token: `3600.0`, `"3600"`, `-1`
    /// and what does not fit in 64 bits of cents are no figures.
    ///
    /// @param status HTTP's own
    /// @throws NoFigure where it says none
    static long creditCents(int status, byte[] body) {
        if (status != OK) {
            throw new NoFigure(Reason.FAILING);
        }
        try {
            var envelope = Json.object(body);
            var code = envelope.requiredInteger("statusCode");
            envelope.orThrow();
            if (code != OK) {
                throw new NoFigure(code >= 400 && code < 500 ? Reason.REFUSED : Reason.FAILING);
            }
            var content = envelope.object("body").orElseThrow(CashbackAnswer::unreadable);
            return cents(content);
        } catch (Problem notOurs) {
            throw unreadable();
        }
    }

    private static long cents(Fields content) {
        var credit = content.requiredInteger("credit");
        content.orThrow();
        if (credit < 0 || credit > Long.MAX_VALUE / CENTS) {
            throw unreadable();
        }
        return credit * CENTS;
    }

    private static NoFigure unreadable() {
        return new NoFigure(Reason.UNREADABLE);
    }
}
