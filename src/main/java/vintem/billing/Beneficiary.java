package vintem.billing;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import vintem.platform.AsciiDigits;

/// In whose name boletos are made: the account at the bank, and the wallet (*carteira*) that was
/// agreed with it. Each bank has a layout of its own for the 25 digits (*campo livre*) that say so
/// in the bar code, and a check digit of its own behind the *nosso número*.
///
/// Source: the banks' manuals, as `caelum/caelum-stella` and `kivanio/brcobranca` have them; the
/// tests have published bar codes of each.
public sealed interface Beneficiary {
    /// What the sandbox issues in the name of.
    Beneficiary SANDBOX = new Itau("0057", "12345", "110");

    /// The bank's number, as in `341`.
    int bank();

    /// As it is printed beside the number.
    String wallet();

    /// The highest number that the wallet has; numbers are counted from 1. A number is used once,
    /// for ever.
    long mostNumbers();

    /// The 25 digits that the bank reads in the bar code.
    ///
    /// @throws IllegalArgumentException for a number that the wallet does not have
    String freeField(long number);

    /// The nosso número as it is printed, with its check digit.
    ///
    /// @throws IllegalArgumentException for a number that the wallet does not have
    String printedNumber(long number);

    /// Agency and account, or the code that the bank has for them, as printed.
    String printedAccount();

    /// What [#parse] reads, in the one form that we write: two equal beneficiaries have equal
    /// texts.
    String config();

    /// Reads a configuration, such as `341:agency=0057,account=12345,wallet=110`: the bank, then
    /// what that bank needs, in any order. Numbers may lack their zeros in front and are given
    /// without check digits.
    ///
    /// @throws IllegalArgumentException that says what is wrong, for the operator
    static Beneficiary parse(String config) {
        return BeneficiaryConfig.read(config);
    }

    /// Itaú: the number has 8 digits and a check digit in the bar code.
    ///
    /// @param agency 4 digits
    /// @param account 5 digits
    /// @param wallet 3 digits
    record Itau(String agency, String account, String wallet) implements Beneficiary {
        private static final Set<String> NUMBERED_BY_WALLET_ALONE =
                Set.of("126", "131", "146", "150", "168");

        // They have the client's code and a second number in the bar code.
        private static final Set<String> SPECIAL =
                Set.of("106", "107", "122", "142", "143", "195", "196", "198");

        public Itau {
            require("agency", agency, 4);
            require("account", account, 5);
            require("wallet", wallet, 3);
            if (SPECIAL.contains(wallet)) {
                throw new IllegalArgumentException(
                        "341: wallet %s carries a second number in the bar code: such boletos are"
                                        .formatted(wallet)
                                + " read, not made");
            }
            if (wallet.equals("112")) {
                throw new IllegalArgumentException(
                        "341: of what the check digit of wallet 112 is made differs from source to"
                                + " source: such boletos are read, not made");
            }
        }

        @Override
        public int bank() {
            return 341;
        }

        @Override
        public long mostNumbers() {
            return 99_999_999L;
        }

        @Override
        public String freeField(long number) {
            return new Digits(25)
                    .put(wallet)
                    .put(checked(this, number), 8)
                    .put(checkDigit(number), 1)
                    .put(agency)
                    .put(account)
                    .put(accountDigit(), 1)
                    .put("000")
                    .toString();
        }

        @Override
        public String printedNumber(long number) {
            return wallet
                    + "/"
                    + Digits.padded(checked(this, number), 8)
                    + "-"
                    + (char) ('0' + checkDigit(number));
        }

        @Override
        public String printedAccount() {
            return agency + "/" + account + "-" + accountDigit();
        }

        @Override
        public String config() {
            return "341:agency=%s,account=%s,wallet=%s".formatted(agency, account, wallet);
        }

        private int checkDigit(long number) {
            var digits = new Digits(20);
            if (!NUMBERED_BY_WALLET_ALONE.contains(wallet)) {
                digits.put(agency).put(account);
            }
            return digits.put(wallet).put(number, 8).mod10();
        }

        private int accountDigit() {
            return new Digits(9).put(agency).put(account).mod10();
        }
    }

    /// Bradesco: the number has 11 digits; its check digit, which may be a `P`, is only printed.
    ///
    /// @param agency 4 digits
    /// @param account 7 digits
    /// @param wallet 2 digits
    record Bradesco(String agency, String account, String wallet) implements Beneficiary {
        public Bradesco {
            require("agency", agency, 4);
            require("account", account, 7);
            require("wallet", wallet, 2);
        }

        @Override
        public int bank() {
            return 237;
        }

        @Override
        public long mostNumbers() {
            return 99_999_999_999L;
        }

        @Override
        public String freeField(long number) {
            return new Digits(25)
                    .put(agency)
                    .put(wallet)
                    .put(checked(this, number), 11)
                    .put(account)
                    .put("0")
                    .toString();
        }

        @Override
        public String printedNumber(long number) {
            var digits = new Digits(13).put(wallet).put(checked(this, number), 11);
            return wallet + "/" + digits.toString().substring(2) + "-" + letter(digits.mod11(7));
        }

        @Override
        public String printedAccount() {
            return "%s-%s/%s-%s"
                    .formatted(
                            agency,
                            letter(new Digits(4).put(agency).mod11(9)),
                            account,
                            letter(new Digits(7).put(account).mod11(7)));
        }

        private static char letter(int mod11) {
            return switch (mod11) {
                case 10 -> 'P';
                case 11 -> '0';
                default -> (char) ('0' + mod11);
            };
        }

        @Override
        public String config() {
            return "237:agency=%s,account=%s,wallet=%s".formatted(agency, account, wallet);
        }
    }

    /// Banco do Brasil: the number begins with the agreement (*convênio*), whose length decides how
    /// many digits are left to count with.
    ///
    /// @param agreement 4, 6, 7 or 8 digits
    /// @param wallet 2 digits
    /// @param agency 4 digits; only the bar codes of 4 and 6 with 11 need it, null where unknown
    /// @param account 8 digits; likewise
    /// @param seventeen whether an agreement of 6 digits counts with 17 digits of its own
    record BancoDoBrasil(
            String agreement,
            String wallet,
            @Nullable String agency,
            @Nullable String account,
            boolean seventeen)
            implements Beneficiary {
        private static final String SERVICE_17 = "21";

        public BancoDoBrasil {
            require("wallet", wallet, 2);
            if (!AsciiDigits.only(agreement) || !Set.of(4, 6, 7, 8).contains(agreement.length())) {
                throw new IllegalArgumentException(
                        "001: agreement has 4, 6, 7 or 8 digits, here is `" + agreement + "`");
            }
            if (agency != null) {
                require("agency", agency, 4);
            }
            if (account != null) {
                require("account", account, 8);
            }
            if ((agency == null) != (account == null)) {
                throw new IllegalArgumentException("001: agency and account come together");
            }
            if (seventeen && agreement.length() != 6) {
                throw new IllegalArgumentException(
                        "001: digits=17 is for agreements of 6 digits only");
            }
            if (seventeen && !wallet.equals("16") && !wallet.equals("18")) {
                throw new IllegalArgumentException("001: digits=17 is for the wallets 16 and 18");
            }
            if (agreement.length() <= 6 && !seventeen && agency == null) {
                throw new IllegalArgumentException(
                        "001: an agreement of %d digits needs agency and account"
                                .formatted(agreement.length()));
            }
        }

        @Override
        public int bank() {
            return 1;
        }

        @Override
        public long mostNumbers() {
            return switch (width()) {
                case 5 -> 99_999L;
                case 7 -> 9_999_999L;
                case 9 -> 999_999_999L;
                case 10 -> 9_999_999_999L;
                default -> 99_999_999_999_999_999L;
            };
        }

        /// How many digits are counted with.
        private int width() {
            return switch (agreement.length()) {
                case 4 -> 7;
                case 6 -> seventeen ? 17 : 5;
                case 7 -> 10;
                default -> 9;
            };
        }

        @Override
        public String freeField(long number) {
            var digits = new Digits(25);
            if (agreement.length() > 6) {
                return digits.put("000000")
                        .put(agreement)
                        .put(checked(this, number), width())
                        .put(wallet)
                        .toString();
            }
            digits.put(agreement).put(checked(this, number), width());
            return agency == null || account == null || seventeen
                    ? digits.put(SERVICE_17).toString()
                    : digits.put(agency).put(account).put(wallet).toString();
        }

        @Override
        public String printedNumber(long number) {
            if (seventeen) {
                return Digits.padded(checked(this, number), 17);
            }
            var digits =
                    new Digits(agreement.length() + width())
                            .put(agreement)
                            .put(checked(this, number), width());
            // Numbers of 17 digits have no check digit.
            return agreement.length() > 6
                    ? digits.toString()
                    : digits + "-" + letter(digits.mod11(9));
        }

        @Override
        public String printedAccount() {
            return agency == null || account == null
                    ? agreement
                    : "%s-%s/%s-%s"
                            .formatted(
                                    agency,
                                    letter(new Digits(4).put(agency).mod11(9)),
                                    account,
                                    letter(new Digits(8).put(account).mod11(9)));
        }

        private static char letter(int mod11) {
            return switch (mod11) {
                case 10 -> 'X';
                case 11 -> '0';
                default -> (char) ('0' + mod11);
            };
        }

        @Override
        public String config() {
            return "001:agreement=%s,wallet=%s".formatted(agreement, wallet)
                    + (agency == null ? "" : ",agency=%s,account=%s".formatted(agency, account))
                    + (seventeen ? ",digits=17" : "");
        }
    }

    /// Santander: the number has 12 digits and a check digit in the bar code.
    ///
    /// @param beneficiary 7 digits
    /// @param wallet 3 digits, 101 or 104 where the bank registers
    record Santander(String beneficiary, String wallet) implements Beneficiary {
        public Santander {
            require("beneficiary", beneficiary, 7);
            require("wallet", wallet, 3);
        }

        @Override
        public int bank() {
            return 33;
        }

        @Override
        public long mostNumbers() {
            return 999_999_999_999L;
        }

        @Override
        public String freeField(long number) {
            return new Digits(25)
                    .put("9")
                    .put(beneficiary)
                    .put(checked(this, number), 12)
                    .put(checkDigit(number), 1)
                    // No tax on financial operations (IOF), which is for insurers.
                    .put("0")
                    .put(wallet)
                    .toString();
        }

        @Override
        public String printedNumber(long number) {
            return Digits.padded(checked(this, number), 12) + "-" + checkDigit(number);
        }

        @Override
        public String printedAccount() {
            return beneficiary;
        }

        private static int checkDigit(long number) {
            return zeroAboveNine(new Digits(12).put(number, 12).mod11(9));
        }

        @Override
        public String config() {
            return "033:beneficiary=%s,wallet=%s".formatted(beneficiary, wallet);
        }
    }

    /// Caixa (SIGCB): the number has 17 digits, of which the first two say who registers and who
    /// prints. The older layout (SINCO) is read and never made.
    ///
    /// @param beneficiary 6 digits
    /// @param kind `14`, registered and printed by us; `24` was not registered, and no bank takes
    /// such a boleto any more
    record Caixa(String beneficiary, String kind) implements Beneficiary {
        public Caixa {
            require("beneficiary", beneficiary, 6);
            if (!kind.equals("14") && !kind.equals("24")) {
                throw new IllegalArgumentException("104: kind is 14 (registered) or 24");
            }
        }

        @Override
        public int bank() {
            return 104;
        }

        @Override
        public String wallet() {
            return kind.equals("14") ? "RG" : "SR";
        }

        @Override
        public long mostNumbers() {
            return 999_999_999_999_999L;
        }

        @Override
        public String freeField(long number) {
            var padded = Digits.padded(checked(this, number), 15);
            var digits =
                    new Digits(25)
                            .put(beneficiary)
                            .put(beneficiaryDigit(), 1)
                            .put(padded.substring(0, 3))
                            .put(kind.substring(0, 1))
                            .put(padded.substring(3, 6))
                            .put(kind.substring(1))
                            .put(padded.substring(6));
            return digits.put(zeroAboveNine(digits.mod11(9)), 1).toString();
        }

        @Override
        public String printedNumber(long number) {
            var digits = new Digits(17).put(kind).put(checked(this, number), 15);
            return digits + "-" + zeroAboveNine(digits.mod11(9));
        }

        @Override
        public String printedAccount() {
            return beneficiary + "-" + beneficiaryDigit();
        }

        private int beneficiaryDigit() {
            return zeroAboveNine(new Digits(6).put(beneficiary).mod11(9));
        }

        @Override
        public String config() {
            return "104:beneficiary=" + beneficiary + (kind.equals("14") ? "" : ",kind=" + kind);
        }
    }

    private static long checked(Beneficiary wallet, long number) {
        if (number < 0 || number > wallet.mostNumbers()) {
            throw new IllegalArgumentException(
                    "the wallet has numbers up to %d, not %d"
                            .formatted(wallet.mostNumbers(), number));
        }
        return number;
    }

    private static int zeroAboveNine(int mod11) {
        return mod11 > 9 ? 0 : mod11;
    }

    private static void require(String name, String value, int width) {
        if (value.length() != width || !AsciiDigits.only(value)) {
            throw new IllegalArgumentException(
                    "%s has %d digits, here is `%s`".formatted(name, width, value));
        }
    }
}
