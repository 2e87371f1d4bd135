package vintem.payouts;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/// A line to the database that breaks at a chosen commit: before the commit happened, or when it
/// had happened and only the answer is lost. Afterwards it works again, or its process is dead.
final class BreakingLine implements DataSource {
    /// What a dead process would do: nothing. Thrown instead, past everything that handles errors.
    static final class Dead extends Error {
        private static final long serialVersionUID = 1;
    }

    private final DataSource whole;
    private int breaksAt = Integer.MAX_VALUE;
    private boolean happened;
    private boolean dies;
    private int commits;
    private volatile boolean dead;

    BreakingLine(DataSource whole) {
        this.whole = whole;
    }

    /// @param commit the first one is 1
    synchronized void breakAt(int commit, boolean happened, boolean dies) {
        this.breaksAt = commit;
        this.happened = happened;
        this.dies = dies;
    }

    void die() {
        dead = true;
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
                            try {
                                return method.invoke(connection, arguments);
                            } catch (InvocationTargetException failed) {
                                throw failed.getCause();
                            }
                        });
    }

    private synchronized void commit(Connection connection) throws SQLException {
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
