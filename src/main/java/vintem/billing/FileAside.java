package vintem.billing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// What has come of a file that most likely came before, on this node's disk while it arrives.
///
/// A node that dies in the meantime loses no more than a broken upload: whoever sent it was not
/// answered.
final class FileAside implements AutoCloseable {
    /// Takes a piece from the file.
    interface Piece {
        void take(long start, byte[] bytes, int length);
    }

    private final FileChannel channel;

    private FileAside(FileChannel channel) {
        this.channel = channel;
    }

    /// Empty where this node has no room for it: then the file is stored as all others are.
    static Optional<FileAside> create() {
        try {
            return Optional.of(
                    new FileAside(
                            FileChannel.open(
                                    Files.createTempFile("vintem-debts-", ".part"),
                                    StandardOpenOption.READ,
                                    StandardOpenOption.WRITE,
                                    StandardOpenOption.DELETE_ON_CLOSE)));
        } catch (IOException noRoom) {
            return Optional.empty();
        }
    }

    void add(byte[] bytes, int length) {
        try {
            var left = ByteBuffer.wrap(bytes, 0, length);
            while (left.hasRemaining()) {
                channel.write(left);
            }
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    /// Gives all of it out again, in pieces of at most so many bytes.
    void read(int most, Piece piece) throws IOException {
        var bytes = new byte[most];
        channel.position(0);
        for (var start = 0L; ; ) {
            var next = ByteBuffer.wrap(bytes);
            while (next.hasRemaining() && channel.read(next) >= 0) {
                // The operating system gives what it has at hand.
            }
            if (next.position() == 0) {
                return;
            }
            piece.take(start, bytes, next.position());
            start += next.position();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
