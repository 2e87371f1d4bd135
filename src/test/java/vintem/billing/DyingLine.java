package vintem.billing;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.logging.Logger;
import javax.sql.DataSource;

/// A node's line to the database that breaks at one of its commits: before it happened, or after,
/// when only the answer is lost. Then its node is dead: whatever its other threads were about to
/// commit does not happen. Or it was the line alone, and works again.
final class DyingLine implements DataSource {
    /// What a dead process would do: nothing.
    static final class Dead extends Error {
        private static final long serialVersionUID = 1;
    }

    private static final Set<String> STILL_POSSIBLE =
            Set.of("rollback", "close", "isClosed", "getAutoCommit", "setAutoCommit", "unwrap");

    private final DataSource whole;
    private int breaksAt = Integer.MAX_VALUE;
    private boolean happened;
    private boolean dies;
    private int commits;
    private volatile boolean dead;

    DyingLine(DataSource whole) {
        this.whole = whole;
    }

    /// @param commit the first one is 1
    /// @param happened whether that commit happens before the line breaks
    /// @param dies whether its node is dead then
    DyingLine breakAt(int commit, boolean happened, boolean dies) {
        this.breaksAt = commit;
        this.happened = happened;
        this.dies = dies;
        return this;
    }

    /// How many commits there were.
    synchronized int commits() {
        return commits;
    }

    boolean isDead() {
        return dead;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (dead) {
            throw new Dead();
        }
        var connection = whole.getConnection();
        return (Connection)
                Proxy.newProxyInstance(
                        Connection.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("commit")) {
                                commit(connection);
                                return null;
                            }
                            if (dead && !STILL_POSSIBLE.contains(method.getName())) {
                                throw new Dead();
                            }
                            try {
                                return method.invoke(connection, arguments);
                            } catch (InvocationTargetException failed) {
                                throw failed.getCause();
                            }
                        });
    }

    private synchronized void commit(Connection connection) throws SQLException {
        if (dead) {
            connection.rollback();
            throw new Dead();
        }
        if (++commits != breaksAt) {
            connection.commit();
            return;
        }
        if (happened) {
            connection.commit();
        } else {
            connection.rollback();
        }
        dead = dies;
        throw new SQLException("the line broke", "08006");
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return whole.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        whole.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        whole.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return whole.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return whole.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return whole.isWrapperFor(type);
    }
}
