package vintem.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.platform.TestDatabase;

/// A backup does not know of the boletos that were made after it.
class RestoredNumbersTest {
    @TempDir private Path data;

    @Test
    void the_first_start_after_a_restore_gives_up_numbers_and_the_next_one_none()
            throws IOException {
        try (var test = TestDatabase.fresh()) {
            test.asOwner(
                    "insert into beneficiary (config, next_number)"
                            + " values ('341:agency=0057,account=12345,wallet=110', 8)");
            Preparation.settleBoletoNumbers(test.owner(), data);
            assertThat(next(test)).isEqualTo(8);

            var mark = Files.createFile(data.resolve(Backup.RESTORED));
            Preparation.settleBoletoNumbers(test.owner(), data);
            assertThat(mark).doesNotExist();
            var after = next(test);
            assertThat(after).isGreaterThan(1_000_000);

            Preparation.settleBoletoNumbers(test.owner(), data);
            assertThat(next(test)).isEqualTo(after);
        }
    }

    private static long next(TestDatabase test) {
        return test.database()
                .transaction(
                        tx ->
                                tx.createQuery("select next_number from beneficiary")
                                        .mapTo(Long.class)
                                        .one());
    }
}
