package vintem.billing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import vintem.platform.Database;

/// The bytes of a file as they lie in the database, read piece by piece from some place on.
final class StoredBytes implements RecordScanner.Source {
    private final Database database;
    private final DebtFileTable table;
    private final UUID fileId;
    private final long size;
    private long position;
    private byte[] piece = new byte[0];
    private long pieceStart;

    /// @param size how many there are
    StoredBytes(Database database, DebtFileTable table, UUID fileId, long position, long size) {
        this.database = database;
        this.table = table;
        this.fileId = fileId;
        this.position = position;
        this.size = size;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (position == size) {
            return -1;
        }
        if (position < pieceStart || position >= pieceStart + piece.length) {
            fetch();
        }
        var at = Math.toIntExact(position - pieceStart);
        var read = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, into, offset, read);
        position += read;
        return read;
    }

    /// Copies all of it into a temporary file, for formats that are read from their end.
    static Path spool(Database database, DebtFileTable table, UUID fileId, long size)
            throws IOException {
        var file = Files.createTempFile("vintem-debts-", ".xlsx");
        try (var out = Files.newOutputStream(file)) {
            var bytes = new StoredBytes(database, table, fileId, 0, size);
            var buffer = new byte[1 << 16];
            for (var read = 0; read >= 0; read = bytes.read(buffer, 0, buffer.length)) {
                out.write(buffer, 0, read);
            }
            return file;
        } catch (IOException | RuntimeException failed) {
            Files.deleteIfExists(file);
            throw failed;
        }
    }

    private void fetch() {
        var chunk =
                database.transaction(tx -> table.chunk(tx, fileId, position))
                        .filter(it -> position < it.start() + it.bytes().length)
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "byte %d of file %s is not there"
                                                        .formatted(position, fileId)));
        piece = chunk.bytes();
        pieceStart = chunk.start();
    }
}
