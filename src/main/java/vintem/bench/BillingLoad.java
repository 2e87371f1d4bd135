package vintem.bench;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.SplittableRandom;
import java.util.UUID;

/// A file of debts like the official one: names, four digits where a CPF should be, amounts with
/// and without decimals, dates that have passed, ids that are UUIDs. A row is always the same.
final class BillingLoad {
    /// A debt.
    record Debt(
            String name,
            String governmentId,
            String email,
            long amountCents,
            LocalDate due,
            String debtId) {}

    /// What is to become of the rows of a file.
    record Expected(
            long rows, long imported, long cents, long duplicates, long errors, long conflicts) {}

    private static final int ODD = 10_000;
    private static final int DUPLICATE = 5_000;
    private static final int MISTAKE = 7_500;
    private static final int BACK = 2_500;
    private static final int CONTRARY = 50_000;
    private static final int CONFLICT = 20_000;
    /// One in a hundred rows of the second file is another: half of them are new debts, half have
    /// another amount.
    private static final int CHANGED = 200;

    private static final int NEW = 7;
    private static final int OTHER = 107;

    private static final String[] FIRST_NAMES = {
        "Elijah",
        "Maria",
        "José",
        "Ana",
        "João",
        "Antônio",
        "Francisca",
        "Carlos",
        "Paulo",
        "Adriana",
        "Lucas",
        "Juliana",
        "Marcos",
        "Fernanda",
        "Rafael",
        "Aline",
        "Bruno",
        "Camila",
        "Diego",
        "Patrícia"
    };
    private static final String[] LAST_NAMES = {
        "Santos", "Silva", "Souza", "Oliveira", "Pereira", "Lima", "Carvalho", "Ferreira",
                "Rodrigues",
        "Almeida", "Costa", "Gomes", "Martins", "Araújo", "Melo", "Barbosa", "Ribeiro", "Alves",
        "Cardoso", "Teixeira"
    };
    private static final String[] HOSTS = {"example.com", "example.org", "example.net"};
    private static final LocalDate FIRST_DUE = LocalDate.of(2022, 1, 1);
    private static final int DAYS = 1_000;

    private BillingLoad() {}

    /// The debt of a row, whatever its file makes of it.
    static Debt debt(int row) {
        var random = new SplittableRandom(row * 0x9E3779B97F4A7C15L + 11);
        var first = FIRST_NAMES[random.nextInt(FIRST_NAMES.length)];
        var last = LAST_NAMES[random.nextInt(LAST_NAMES.length)];
        var person = random.nextInt(400_000);
        var reais = 1 + random.nextInt(10_000);
        return new Debt(
                first + " " + last,
                Integer.toString(1_000 + random.nextInt(9_000)),
                "person" + person + "@" + HOSTS[person % HOSTS.length],
                row % 2 == 0 ? reais * 100L : reais * 100L + random.nextInt(100),
                FIRST_DUE.plusDays(random.nextInt(DAYS)),
                new UUID(random.nextLong() & ~0xF000L | 0x4000L, random.nextLong() >>> 2 | 1L << 63)
                        .toString());
    }

    /// Writes the first file, or the second one that is like it but for one row in a hundred.
    ///
    /// @return what is to become of it, where the first one is there already when the second comes
    static Expected write(Path file, int rows, boolean second) throws IOException {
        var imported = 0L;
        var cents = 0L;
        var duplicates = 0L;
        var errors = 0L;
        var conflicts = 0L;
        try (var out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.write("name,governmentId,email,debtAmount,debtDueDate,debtId\n");
            for (var row = 0; row < rows; row++) {
                if (row % ODD == MISTAKE) {
                    errors++;
                    out.write(mistake(row));
                    continue;
                }
                var debt = debt(row);
                if (row % ODD == DUPLICATE) {
                    debt = debt(row - BACK);
                    duplicates++;
                } else if (row % CONTRARY == CONFLICT) {
                    debt = withAmount(debt(row - 100), debt(row - 100).amountCents() + 100);
                    conflicts++;
                } else if (second && row % CHANGED == NEW) {
                    debt = debt(rows + row);
                    imported++;
                    cents += debt.amountCents();
                } else if (second && row % CHANGED == OTHER) {
                    debt = withAmount(debt, debt.amountCents() + 100);
                    conflicts++;
                } else if (second) {
                    duplicates++;
                } else {
                    imported++;
                    cents += debt.amountCents();
                }
                out.write(line(debt));
            }
        }
        return new Expected(rows, imported, cents, duplicates, errors, conflicts);
    }

    private static String mistake(int row) {
        var debt = debt(row);
        return switch (row / ODD % 3) {
            case 0 -> line(debt).replace(debt.email(), "nobody");
            case 1 -> line(debt).replaceFirst(",[^,]*,", ",");
            default -> line(debt).replace(debt.due().toString(), "2023-02-30");
        };
    }

    private static Debt withAmount(Debt debt, long cents) {
        return new Debt(
                debt.name(), debt.governmentId(), debt.email(), cents, debt.due(), debt.debtId());
    }

    private static String line(Debt debt) {
        var whole = debt.amountCents() % 100 == 0;
        return debt.name()
                + ","
                + debt.governmentId()
                + ","
                + debt.email()
                + ","
                + (whole
                        ? Long.toString(debt.amountCents() / 100)
                        : BigDecimal.valueOf(debt.amountCents(), 2).toString())
                + ","
                + debt.due()
                + ","
                + debt.debtId()
                + "\n";
    }
}
