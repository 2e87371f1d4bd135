package vintem.platform;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Rows written by `COPY … FROM STDIN (format binary)`: the fastest way into a table, for lists
/// that conflict with nothing. Inside the caller's transaction.
public final class BinaryCopy {
    /// The fields of one row, written in the order of the statement's columns.
    public static final class Row {
        private ByteBuffer bytes;

        private Row(int capacity) {
            bytes = ByteBuffer.allocate(capacity);
        }

        public Row uuid(@Nullable UUID value) {
            if (value == null) {
                return none();
            }
            field(16);
            bytes.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
            return this;
        }

        public Row text(@Nullable String value) {
            if (value == null) {
                return none();
            }
            var utf8 = value.getBytes(StandardCharsets.UTF_8);
            field(utf8.length);
            bytes.put(utf8);
            return this;
        }

        public Row integer(int value) {
            field(4);
            bytes.putInt(value);
            return this;
        }

        public Row bigint(long value) {
            field(8);
            bytes.putLong(value);
            return this;
        }

        public Row instant(Instant value) {
            field(8);
            bytes.putLong(BinaryArray.micros(value));
            return this;
        }

        public Row date(LocalDate value) {
            field(4);
            bytes.putInt(BinaryArray.days(value));
            return this;
        }

        public Row flag(boolean value) {
            field(1);
            bytes.put((byte) (value ? 1 : 0));
            return this;
        }

        public Row bytes(byte[] value, int length) {
            field(length);
            bytes.put(value, 0, length);
            return this;
        }

        /// A `text[]`.
        public Row texts(List<String> values) {
            var start = startArray(25, values.size());
            for (var value : values) {
                text(value);
            }
            return endArray(start);
        }

        /// An `integer[]`.
        public Row integers(List<Integer> values) {
            var start = startArray(23, values.size());
            for (var value : values) {
                integer(value);
            }
            return endArray(start);
        }

        /// A null.
        public Row none() {
            ensure(4);
            bytes.putInt(-1);
            return this;
        }

        /// As `array_send` of PostgreSQL writes it; an empty array has no dimension.
        private int startArray(int elementType, int size) {
            ensure(24);
            var start = bytes.position();
            bytes.putInt(0).putInt(size == 0 ? 0 : 1).putInt(0).putInt(elementType);
            if (size > 0) {
                bytes.putInt(size).putInt(1);
            }
            return start;
        }

        private Row endArray(int start) {
            bytes.putInt(start, bytes.position() - start - 4);
            return this;
        }

        private void field(int length) {
            ensure(4 + length);
            bytes.putInt(length);
        }

        private void ensure(int more) {
            if (bytes.remaining() < more) {
                var size = Math.max(bytes.capacity() * 2, bytes.position() + more);
                bytes = ByteBuffer.allocate(size).put(bytes.flip());
            }
        }
    }

    private static final byte[] SIGNATURE = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    // What is sent at once. A buffer that held a whole list would be most of an import's garbage.
    private static final int PIECE_BYTES = 1 << 16;
    private static final int USUAL_ROW_BYTES = 1 << 9;

    private static final int FEW = 200;

    private BinaryCopy() {}

    /// Whether so many rows are written faster by a copy than by an `insert` that takes arrays: a
    /// copy waits until it may send them, which is one more wait for the server.
    public static boolean isWorthIt(int rows) {
        return rows > FEW;
    }

    /// @param statement `copy table (columns) from stdin (format binary)`
    /// @param columns how many columns the statement names and `write` writes
    public static <R> void copy(
            Handle tx, String statement, int columns, List<R> rows, BiConsumer<Row, R> write) {
        CopyIn copy = null;
        try {
            copy = tx.getConnection().unwrap(PGConnection.class).getCopyAPI().copyIn(statement);
            var usual = Math.min(rows.size(), PIECE_BYTES / USUAL_ROW_BYTES);
            var row = new Row(SIGNATURE.length + usual * USUAL_ROW_BYTES);
            row.bytes.put(SIGNATURE);
            for (var each : rows) {
                row.ensure(2);
                row.bytes.putShort((short) columns);
                write.accept(row, each);
                if (row.bytes.position() > PIECE_BYTES - USUAL_ROW_BYTES) {
                    copy.writeToCopy(row.bytes.array(), 0, row.bytes.position());
                    row.bytes.clear();
                }
            }
            row.ensure(2);
            row.bytes.putShort((short) -1);
            copy.writeToCopy(row.bytes.array(), 0, row.bytes.position());
            copy.endCopy();
        } catch (SQLException failed) {
            throw new CopyFailed(failed);
        } finally {
            cancelUnfinished(copy);
        }
    }

    private static void cancelUnfinished(@Nullable CopyIn copy) {
        try {
            if (copy != null && copy.isActive()) {
                copy.cancelCopy();
            }
        } catch (SQLException failed) {
            throw new CopyFailed(failed);
        }
    }

    /// The list could not be written; the cause has the SQLState.
    static final class CopyFailed extends RuntimeException {
        private static final long serialVersionUID = 1;

        CopyFailed(SQLException cause) {
            super(cause);
        }
    }
}
