package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PersonalDataScanTest {
    @Test
    void it_sees_people_and_nothing_else() {
        assertThat(PersonalDataScan.findings("could not pay 529.982.247-25")).isNotEmpty();
        assertThat(PersonalDataScan.findings("Key (cpf)=(52998224725) exists")).isNotEmpty();
        assertThat(PersonalDataScan.findings("550 <ana@example.com> unknown")).isNotEmpty();
        assertThat(PersonalDataScan.findings("CNPJ 11.222.333/0001-81")).isNotEmpty();
        assertThat(
                        PersonalDataScan.findings(
                                "at java.base@25.0.1/java.lang.Thread.run vintem@localhost"
                                        + " ***.982.247-** 0199e9a2-6b1c-7c3e-9d51-52998224725a"
                                        + " sandbox@vintem.invalid 12345678901 a***@example.com"))
                .isEmpty();
    }
}
