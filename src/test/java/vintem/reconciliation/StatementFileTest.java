package vintem.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.platform.Problem;

/// What banks call a statement, and what they do not.
class StatementFileTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1234.56|123456",
                "-1234,56|-123456",
                "1.234.567,89|123456789",
                "R$ -0,01|-1",
                "+7|700",
                "-7.5|-750",
                "12.340000|1234"
            })
    void amounts_are_read_to_the_cent(String text, long cents) {
        assertThat(StatementFile.cents(text)).contains(cents);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.234", "0,001", "1,2,3", "1e5", "--1", "1.23.4", "NaN", "½"})
    void what_is_no_amount_of_cents_is_none(String text) {
        // 1.234 with three digits behind its dot may be a thousand or a fraction of a cent.
        assertThat(StatementFile.cents(text)).isEmpty();
    }

    @Test
    void a_brazilian_csv_is_read_in_the_letters_of_windows_too() {
        var csv = "Data;Valor;Histórico;Documento\n25/11/2026;-1.234,56;Pix São João;77\n";
        for (var letters :
                new Charset[] {StandardCharsets.UTF_8, Charset.forName("windows-1252")}) {
            var file = StatementFile.read(csv.getBytes(letters), null, null);
            assertThat(file.lines())
                    .containsExactly(
                            new StatementFile.Line(
                                    LocalDate.of(2026, 11, 25), -123456, "77", "Pix São João"));
        }
    }

    @Test
    void the_end_to_end_id_is_found_in_any_text() {
        var id = "E00000000202611251200abcDEF12345";
        var csv = "date,amount,description\n2026-11-25,-1.00,PIX ENV %s JOAO\n".formatted(id);
        var file = StatementFile.read(csv.getBytes(StandardCharsets.UTF_8), null, null);
        assertThat(file.lines().getFirst().reference()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        "529.982.247-25, ***.982.247-**",
        "52998224725, ***.982.247-**",
        "77, 77",
        "E00000000202611251200abcDEF12345, E00000000202611251200abcDEF12345"
    })
    void a_tax_id_in_the_place_of_a_number_is_masked(String reference, String kept) {
        assertThat(StatementFile.withoutTaxId(reference)).isEqualTo(kept);
    }

    @Test
    void an_ofx_day_with_a_zone_is_that_moment_in_sao_paulo() {
        var ofx =
                """
                <OFX><STMTRS><BANKTRANLIST><DTSTART>20261124<DTEND>20261125
                <STMTTRN><DTPOSTED>20261125013000[0:GMT]<TRNAMT>-1.00<FITID>1</STMTTRN>
                </BANKTRANLIST></STMTRS></OFX>""";
        var file = StatementFile.read(ofx.getBytes(StandardCharsets.UTF_8), null, null);
        assertThat(file.lines().getFirst().day()).isEqualTo(LocalDate.of(2026, 11, 24));
    }

    @Test
    void whatever_bytes_come_it_answers_or_refuses_and_soon() {
        var random = new Random(7);
        var sound =
                """
                OFXHEADER:100

                <OFX><STMTRS><CURDEF>BRL<BANKTRANLIST><DTSTART>20261124<DTEND>20261125
                <STMTTRN><DTPOSTED>20261125<TRNAMT>-1.00<FITID>1<MEMO>a &amp; b</STMTTRN>
                </BANKTRANLIST><LEDGERBAL><BALAMT>1<DTASOF>20261125</LEDGERBAL></STMTRS></OFX>"""
                        .getBytes(StandardCharsets.UTF_8);
        for (var round = 0; round < 3_000; round++) {
            var bytes = sound.clone();
            for (var change = 0; change <= random.nextInt(4); change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                StatementFile.read(bytes, null, null);
            } catch (Problem refused) {
                assertThat(refused.status()).isEqualTo(400);
            }
        }
    }

    @Test
    void tax_ids_are_left_out_of_what_is_kept() {
        assertThat(StatementFile.masked("PIX 529.982.247-25 JOAO 52998224725"))
                .isEqualTo("PIX *** JOAO ***");
        assertThat(StatementFile.masked("TED 12.345.678/0001-95 SA")).isEqualTo("TED *** SA");
        assertThat(StatementFile.masked("TARIFA 11/2026")).isEqualTo("TARIFA 11/2026");
    }

    @Test
    void an_entity_is_never_followed() {
        var ofx =
                "<?xml version=\"1.0\"?><!DOCTYPE OFX [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>"
                        + "<OFX><STMTRS><BANKTRANLIST></BANKTRANLIST></STMTRS></OFX>";
        assertThatThrownBy(
                        () -> StatementFile.read(ofx.getBytes(StandardCharsets.UTF_8), null, null))
                .isInstanceOf(Problem.class);
    }

    @Test
    void a_long_file_is_read_in_one_pass() {
        var lines =
                new StringBuilder("<OFX><STMTRS><BANKTRANLIST><DTSTART>20261125<DTEND>20261125\n");
        for (var i = 0; i < 50_000; i++) {
            lines.append("<STMTTRN><DTPOSTED>20261125<TRNAMT>-1.00<FITID>").append(i);
            lines.append("</STMTTRN>\n");
        }
        var ofx = lines.append("</BANKTRANLIST></STMTRS></OFX>").toString();
        var file =
                org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                        Duration.ofSeconds(60),
                        () -> StatementFile.read(ofx.getBytes(StandardCharsets.UTF_8), null, null));
        assertThat(file.lines()).hasSize(50_000);
    }
}
