package vintem.bank;

import java.nio.charset.StandardCharsets;

/// The text behind a Pix QR code (EMV MPM), "Pix copia e cola".
///
/// Source: BACEN, *Manual de Padrões para Iniciação do Pix*; `STANDARDS.md` §2.
public final class BrCode {
    private static final int CRC_POLYNOMIAL = 0x1021;
    private static final int CRC_START = 0xFFFF;

    private BrCode() {}

    /// A code whose amount and payee the payer's bank fetches from the receiver's bank.
    ///
    /// @param location host and path without `https://`, at most 77 characters
    /// @param name the receiver's, at most 25 ASCII characters
    /// @param city the receiver's, at most 15 ASCII characters
    public static String dynamic(String location, String name, String city) {
        var account = field("00", "br.gov.bcb.pix") + field("25", location);
        return withCrc(
                field("00", "01")
                        + field("01", "12")
                        + field("26", account)
                        + field("52", "0000")
                        + field("53", "986")
                        + field("58", "BR")
                        + field("59", name)
                        + field("60", city)
                        + field("62", field("05", "***")));
    }

    private static String field(String id, String value) {
        if (value.isEmpty() || value.length() > 99) {
            throw new IllegalArgumentException("field %s has 1 to 99 characters".formatted(id));
        }
        return id + "%02d".formatted(value.length()) + value;
    }

    private static String withCrc(String payload) {
        var covered = payload + "6304";
        return covered + "%04X".formatted(crc(covered.getBytes(StandardCharsets.UTF_8)));
    }

    /// CRC-16/CCITT-FALSE: of `123456789` it is `29B1`.
    static int crc(byte[] bytes) {
        var crc = CRC_START;
        for (var each : bytes) {
            crc ^= (each & 0xFF) << 8;
            for (var bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ CRC_POLYNOMIAL;
            }
        }
        return crc & 0xFFFF;
    }
}
