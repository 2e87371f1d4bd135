package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.inject.spi.CDI;
import vintem.app.Audit;

/// The books of all tests that share one database.
public final class Books {
    private Books() {}

    /// As `vintem audit` would say it. It walks every transfer there is, so once after a class will
    /// do: what is wrong does not mend itself.
    public static void assertInOrder() {
        assertThat(CDI.current().select(Audit.class).get().findings())
                .allSatisfy(each -> assertThat(each.wrong()).as(each.claim()).isEmpty());
    }
}
