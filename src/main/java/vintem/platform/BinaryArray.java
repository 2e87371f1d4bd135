package vintem.platform;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/// One column of a list of rows, as a parameter for `unnest`, in PostgreSQL's binary array format.
///
/// The driver sends most arrays as text, which the driver escapes and the server parses, character
/// by character; for lists of thousands that costs as much as the insert itself. The format is that
/// of `array_send` in PostgreSQL's source: dimensions, a flag for nulls, the element's type, the
/// length, the lower bound, then each element with its length.
public final class BinaryArray implements Argument {
    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);
    private static final Instant FIRST_INSTANT = Instant.parse("2000-01-01T00:00:00Z");
    private static final int HEADER_BYTES = 20;

    private final Sent array;
    private final int typeId;

    private BinaryArray(Sent array, int typeId) {
        this.array = array;
        this.typeId = typeId;
    }

    public static <R> BinaryArray uuids(Collection<R> rows, Function<R, @Nullable UUID> value) {
        var array = new Writer(rows.size(), 2950, 16);
        for (var row : rows) {
            var uuid = value.apply(row);
            if (uuid == null) {
                array.putNull();
            } else {
                array.start(16);
                array.bytes.putLong(uuid.getMostSignificantBits());
                array.bytes.putLong(uuid.getLeastSignificantBits());
            }
        }
        return array.argument("_uuid", 2951);
    }

    public static <R> BinaryArray texts(Collection<R> rows, Function<R, @Nullable String> value) {
        var array = new Writer(rows.size(), 25, 24);
        for (var row : rows) {
            var text = value.apply(row);
            if (text == null) {
                array.putNull();
            } else {
                var utf8 = text.getBytes(StandardCharsets.UTF_8);
                array.start(utf8.length);
                array.bytes.put(utf8);
            }
        }
        return array.argument("_text", 1009);
    }

    public static <R> BinaryArray bytes(Collection<R> rows, Function<R, byte[]> value) {
        var array = new Writer(rows.size(), 17, 64);
        for (var row : rows) {
            var bytes = value.apply(row);
            array.start(bytes.length);
            array.bytes.put(bytes);
        }
        return array.argument("_bytea", 1001);
    }

    public static <R> BinaryArray longs(Collection<R> rows, ToLongFunction<R> value) {
        var array = new Writer(rows.size(), 20, 8);
        for (var row : rows) {
            array.start(8);
            array.bytes.putLong(value.applyAsLong(row));
        }
        return array.argument("_int8", 1016);
    }

    public static <R> BinaryArray ints(Collection<R> rows, ToIntFunction<R> value) {
        var array = new Writer(rows.size(), 23, 4);
        for (var row : rows) {
            array.start(4);
            array.bytes.putInt(value.applyAsInt(row));
        }
        return array.argument("_int4", 1007);
    }

    public static <R> BinaryArray flags(Collection<R> rows, Predicate<R> value) {
        var array = new Writer(rows.size(), 16, 1);
        for (var row : rows) {
            array.start(1);
            array.bytes.put((byte) (value.test(row) ? 1 : 0));
        }
        return array.argument("_bool", 1000);
    }

    /// To the microsecond, as PostgreSQL keeps them.
    public static <R> BinaryArray instants(
            Collection<R> rows, Function<R, @Nullable Instant> value) {
        var array = new Writer(rows.size(), 1184, 8);
        for (var row : rows) {
            var at = value.apply(row);
            if (at == null) {
                array.putNull();
            } else {
                array.start(8);
                array.bytes.putLong(micros(at));
            }
        }
        return array.argument("_timestamptz", 1185);
    }

    @Override
    public void apply(int position, PreparedStatement statement, StatementContext context)
            throws SQLException {
        bind(statement, position);
    }

    void bind(PreparedStatement statement, int position) throws SQLException {
        // The driver sends in binary only the types it was told of, connection by connection.
        statement
                .getConnection()
                .unwrap(BaseConnection.class)
                .getQueryExecutor()
                .addBinarySendOid(typeId);
        statement.setObject(position, array);
    }

    static long micros(Instant at) {
        return ChronoUnit.MICROS.between(FIRST_INSTANT, at);
    }

    static int days(LocalDate day) {
        return Math.toIntExact(ChronoUnit.DAYS.between(FIRST_DAY, day));
    }

    /// A growing buffer with an array in it.
    private static final class Writer {
        private final int size;
        private final int elementType;
        private ByteBuffer bytes;
        private boolean hasNull;

        Writer(int size, int elementType, int usualBytes) {
            this.size = size;
            this.elementType = elementType;
            this.bytes =
                    ByteBuffer.allocate(HEADER_BYTES + size * (4 + usualBytes))
                            .position(HEADER_BYTES);
        }

        void start(int length) {
            ensure(4 + length);
            bytes.putInt(length);
        }

        void putNull() {
            ensure(4);
            bytes.putInt(-1);
            hasNull = true;
        }

        private void ensure(int more) {
            if (bytes.remaining() < more) {
                var larger =
                        ByteBuffer.allocate(
                                Math.max(bytes.capacity() * 2, bytes.position() + more));
                bytes = larger.put(bytes.flip());
            }
        }

        BinaryArray argument(String type, int typeId) {
            var length = bytes.position();
            bytes.putInt(0, size == 0 ? 0 : 1).putInt(4, hasNull ? 1 : 0).putInt(8, elementType);
            bytes.putInt(12, size).putInt(16, 1);
            var array = new Sent(type, bytes.array(), size == 0 ? 12 : length);
            return new BinaryArray(array, typeId);
        }
    }

    /// What the driver asks for type, length and bytes.
    private static final class Sent extends PGobject implements PGBinaryObject {
        private static final long serialVersionUID = 1;

        private final transient byte[] array;
        private final int length;

        Sent(String type, byte[] array, int length) {
            setType(type);
            this.array = array;
            this.length = length;
        }

        @Override
        public void setByteValue(byte[] value, int offset) throws SQLException {
            throw new SQLException("only sent, never read");
        }

        @Override
        public int lengthInBytes() {
            return length;
        }

        @Override
        public void toBytes(byte[] target, int offset) {
            System.arraycopy(array, 0, target, offset, length);
        }

        @Override
        public @Nullable String getValue() {
            throw new IllegalStateException("arrays are sent in binary");
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }
}
