package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bar codes of each bank are in `BoletoTest`; here is what is printed beside them.
class BeneficiaryTest {
    private static final String BRADESCO = "237:agency=4042,account=61900,wallet=";
    private static final String SANTANDER = "033:beneficiary=1899775,wallet=102";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // The example of the bank's manual.
                "341:agency=0057,account=12345,wallet=110 | 12345678 | 110/12345678-8",
                "341:agency=0607,account=15255,wallet=175 | 12345678 | 175/12345678-4",
                "341:agency=0810,account=53678,wallet=175 | 258281 | 175/00258281-7",
                "341:agency=0810,account=53678,wallet=175 | 34230 | 175/00034230-5",
                BRADESCO + "19 | 1 | 19/00000000001-P",
                BRADESCO + "19 | 2 | 19/00000000002-8",
                BRADESCO + "19 | 6 | 19/00000000006-0",
                BRADESCO + "06 | 525 | 06/00000000525-P",
                BRADESCO + "09 | 1 | 09/00000000001-1",
                BRADESCO + "09 | 453 | 09/00000000453-P",
                SANTANDER + " | 566612457800 | 566612457800-2",
                SANTANDER + " | 566612457801 | 566612457801-0",
                SANTANDER + " | 566612457802 | 566612457802-9",
                SANTANDER + " | 566612457803 | 566612457803-7",
                SANTANDER + " | 566612457804 | 566612457804-5",
                SANTANDER + " | 566612457810 | 566612457810-0",
                SANTANDER + " | 90002720 | 000090002720-7",
                SANTANDER + " | 1961005 | 000001961005-0",
                "104:beneficiary=245274 | 1 | 14000000000000001-4",
                "104:beneficiary=123456 | 2 | 14000000000000002-2",
                "104:beneficiary=123456 | 4 | 14000000000000004-9",
                "104:beneficiary=123456 | 7 | 14000000000000007-3",
                "104:beneficiary=123456 | 9 | 14000000000000009-0",
                "001:agreement=1238798,wallet=17 | 7777700168 | 12387987777700168",
                "001:agreement=123879,wallet=16,digits=17 | 42 | 00000000000000042",
                // Eleven digits have one to check them, and it may be an X.
                "001:agreement=8506,agency=1,account=1,wallet=18 | 8014982 | 85068014982-9",
                "001:agreement=0500,agency=1,account=1,wallet=18 | 9401448 | 05009401448-1",
                "001:agreement=0000,agency=1,account=1,wallet=18 | 6 | 00000000006-X"
            })
    void a_number_is_printed_as_the_bank_prints_it(String config, long number, String printed) {
        assertThat(Beneficiary.parse(config).printedNumber(number)).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "341:agency=0057,account=12345,wallet=110 | 0057/12345-7",
                "341:agency=0607,account=15255,wallet=175 | 0607/15255-0",
                "341:agency=1547,account=85547,wallet=175 | 1547/85547-6",
                "341:agency=0811,account=53678,wallet=175 | 0811/53678-8",
                "237:agency=4042,account=61900,wallet=06 | 4042-8/0061900-0",
                "237:agency=0548,account=1448,wallet=06 | 0548-7/0001448-6",
                "237:agency=0121,account=19669,wallet=06 | 0121-P/0019669-P",
                "237:agency=0255,account=325620,wallet=06 | 0255-0/0325620-0",
                "001:agreement=1238798,agency=4042,account=61900,wallet=17 | 4042-8/00061900-0",
                "001:agreement=1238798,agency=0548,account=1448,wallet=17 | 0548-7/00001448-6",
                "001:agreement=1238798,wallet=17 | 1238798",
                "033:beneficiary=1899775,wallet=102 | 1899775",
                "104:beneficiary=245274 | 245274-0",
                "104:beneficiary=654321 | 654321-9"
            })
    void an_account_is_printed_as_the_bank_prints_it(String config, String printed) {
        assertThat(Beneficiary.parse(config).printedAccount()).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "341:agency=0057,account=12345,wallet=110 | 99999999",
                "237:agency=1172,account=0403005,wallet=09 | 99999999999",
                "001:agreement=1238,wallet=18,agency=4042,account=00061900 | 9999999",
                "001:agreement=123879,wallet=18,agency=4042,account=00061900 | 99999",
                "001:agreement=123879,wallet=18,digits=17 | 99999999999999999",
                "001:agreement=1238798,wallet=17 | 9999999999",
                "001:agreement=12387989,wallet=18 | 999999999",
                "033:beneficiary=1234567,wallet=101 | 999999999999",
                "104:beneficiary=123456 | 999999999999999",
                "104:beneficiary=123456,kind=24 | 999999999999999"
            })
    void a_wallet_has_so_many_numbers_and_a_config_is_written_as_it_is_read(
            String config, long most) {
        var beneficiary = Beneficiary.parse(config);

        assertThat(beneficiary.config()).isEqualTo(config);
        assertThat(beneficiary.mostNumbers()).isEqualTo(most);
        assertThat(beneficiary.freeField(most)).hasSize(25);
        assertThat(beneficiary.printedNumber(most)).isNotEqualTo(beneficiary.printedNumber(1));
        assertIllegal(
                () -> beneficiary.freeField(most + 1), "the wallet has numbers up to " + most);
        assertIllegal(() -> beneficiary.printedNumber(-1), "the wallet has numbers up to " + most);
    }

    @Test
    void a_config_may_lack_zeros_and_stand_in_any_order() {
        assertThat(Beneficiary.parse(" 341 : wallet=110 , account=12345,agency=57"))
                .isEqualTo(Beneficiary.SANDBOX);
        assertThat(Beneficiary.SANDBOX.config())
                .isEqualTo("341:agency=0057,account=12345,wallet=110");
        assertThat(Beneficiary.SANDBOX.bank()).isEqualTo(341);
        assertThat(Beneficiary.SANDBOX.wallet()).isEqualTo("110");
    }

    @ParameterizedTest
    @CsvSource({"126", "131", "146", "150", "168"})
    void the_check_digit_of_some_wallets_is_not_made_of_the_account(String wallet) {
        var one = Beneficiary.parse("341:agency=1234,account=12345,wallet=" + wallet);
        var other = Beneficiary.parse("341:agency=4321,account=54321,wallet=" + wallet);

        for (var number = 1; number < 100; number++) {
            assertThat(one.printedNumber(number)).isEqualTo(other.printedNumber(number));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "341 | a beneficiary is a bank, a colon and what the bank needs, such as"
                        + " 341:agency=0057,account=12345,wallet=110",
                "'' | a beneficiary is a bank, a colon and what the bank needs",
                "999:agency=1 | boletos are made for the banks 001, 033, 104, 237 and 341, not for"
                        + " `999`",
                "341:agency=0057,account=12345 | 341: wallet is missing; it is as in"
                        + " 341:agency=0057,account=12345,wallet=110",
                "341:agency=0057,account=12345-7,wallet=110 | 341: account has up to 5 digits and"
                        + " no check digit, here is `12345-7`",
                "341:agency=0057,account=123456,wallet=110 | 341: account has up to 5 digits",
                "341:agency=,account=12345,wallet=110 | 341: agency has up to 4 digits",
                "341:agency=0057,account=12345,wallet=110,wallet=109 | 341: wallet stands here"
                        + " twice",
                "341:agency=0057,account=12345,carteira=110 | 341: `carteira` says nothing here; it"
                        + " is as in 341:agency",
                "341:agency=0057,account=12345,wallet=110, | 341: `` says nothing here",
                "341:agency=0057,account=12345,wallet=196 | 341: wallet 196 carries a second number"
                        + " in the bar code: such boletos are read, not made",
                "341:agency=0057,account=12345,wallet=112 | 341: of what the check digit of wallet"
                        + " 112 is made differs from source to source",
                "001:agreement=12345,wallet=17 | 001: agreement has 4, 6, 7 or 8 digits, here is"
                        + " `12345`",
                "001:agreement=123456x,wallet=17 | 001: agreement has 4, 6, 7 or 8 digits",
                "001:wallet=17 | 001: agreement is missing",
                "001:agreement=123456,wallet=17 | 001: an agreement of 6 digits needs agency and"
                        + " account",
                "001:agreement=123456,wallet=17,digits=17 | 001: digits=17 is for the wallets 16"
                        + " and 18",
                "001:agreement=1234567,wallet=18,digits=17 | 001: digits=17 is for agreements of 6"
                        + " digits only",
                "001:agreement=123456,wallet=18,digits=11 | 001: digits is 17 or is left out",
                "001:agreement=1234567,wallet=18,agency=1 | 001: agency and account come together",
                "033:beneficiary=12345678,wallet=101 | 033: beneficiary has up to 7 digits",
                "104:beneficiary=123456,kind=11 | 104: kind is 14 (registered) or 24",
                "237:agency=1172,account=0403005,wallet=009 | 237: wallet has up to 2 digits"
            })
    void a_wrong_config_is_told_what_would_be_right(String config, String reason) {
        assertIllegal(() -> Beneficiary.parse(config), reason);
    }

    private static void assertIllegal(Runnable work, String message) {
        assertThatThrownBy(work::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
