package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import vintem.platform.Database;

/// Opens spreadsheets out of the database, one at a time: their texts are in memory meanwhile.
@Singleton
class Spreadsheets {
    /// What is done with an open one.
    @FunctionalInterface
    interface Reading<T> {
        T read(Spreadsheet sheet) throws IOException, UnreadableFile;
    }

    private final Database database;
    private final DebtFileTable table;
    private final Semaphore place = new Semaphore(1, true);

    @Inject
    Spreadsheets(Database database, DebtFileTable table) {
        this.database = database;
        this.table = table;
    }

    /// @param size bytes that the file has
    /// @throws UnreadableFile where it is no spreadsheet
    <T> T read(UUID fileId, long size, Reading<T> reading) throws IOException, UnreadableFile {
        place.acquireUninterruptibly();
        try {
            var spooled = StoredBytes.spool(database, table, fileId, size);
            try (var sheet = Spreadsheet.open(spooled)) {
                return reading.read(sheet);
            } finally {
                Files.deleteIfExists(spooled);
            }
        } finally {
            place.release();
        }
    }
}
