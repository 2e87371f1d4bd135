package vintem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.client.ApiClient;
import vintem.client.ApiException;
import vintem.client.BillingApi;
import vintem.client.InvestmentsApi;
import vintem.client.LedgerApi;
import vintem.client.PaymentsApi;
import vintem.client.PayoutsApi;
import vintem.client.PurchasesApi;
import vintem.client.ResellersApi;
import vintem.client.model.AllocationsHttpCreateRequest;
import vintem.client.model.ChargesHttpCreateRequest;
import vintem.client.model.ClientsHttpCreateRequest;
import vintem.client.model.PaymentsHttpConfirmRequest;
import vintem.client.model.PaymentsHttpCreateRequest;
import vintem.client.model.PaymentsHttpCreateRequestPayer;
import vintem.client.model.PayoutsHttpPayRequest;
import vintem.client.model.PayoutsHttpPayRequestItemsInner;
import vintem.client.model.PurchasesHttpCreateRequest;
import vintem.client.model.PurchasesHttpJudgeRequest;
import vintem.client.model.ResellersHttpRegisterRequest;
import vintem.client.model.SettlementsHttpTellRequest;

/// The five capabilities through a client that a generator has made from `docs/openapi.yaml`: what
/// is described there is enough to use them, and its types are those that arrive.
@QuarkusTest
@QuarkusTestResource(World.class)
class ClientTest {
    private final String unique = UUID.randomUUID().toString();

    @Test
    void a_payment_is_asked_for_paid_and_read() throws ApiException {
        var asked =
                new PaymentsApi(admin())
                        .paymentsHttpCreate(
                                new PaymentsHttpCreateRequest()
                                        .value(new BigDecimal("25.90"))
                                        .reference(unique)
                                        .payer(
                                                new PaymentsHttpCreateRequestPayer()
                                                        .name("Ana Souza")),
                                null);
        assertThat(asked.getMessage()).isEqualTo("The payment has been created");
        var payment = asked.getPayment();
        assertThat(payment.getValue()).isEqualByComparingTo("25.90");
        assertThat(payment.getPixCopiaECola()).startsWith("000201");

        var confirmed =
                new PaymentsApi(bank())
                        .paymentsHttpConfirm(
                                new PaymentsHttpConfirmRequest()
                                        .bankPaymentId(payment.getTxid())
                                        .value(new BigDecimal("25.90")));
        assertThat(confirmed.getMessage()).isEqualTo("The payment has been confirmed");
        var details = new PaymentsApi(admin()).paymentsHttpDetails(payment.getId());
        assertThat(details.getPayment().getStatus()).isEqualTo("paid");
        assertThat(details.getTransfers().getFirst().getAmountCents()).isEqualTo(2_590);
    }

    @Test
    void a_batch_is_paid_and_found() throws ApiException {
        var payouts = new PayoutsApi(admin());
        var item =
                new PayoutsHttpPayRequestItemsInner()
                        .externalId(unique)
                        .userId("u1")
                        .amountCents(35_000L)
                        .pixKey("ana@example.com");
        var report =
                payouts.payoutsHttpPay(
                        new PayoutsHttpPayRequest().batchId(unique).addItemsItem(item),
                        null,
                        null,
                        null,
                        null,
                        null);
        assertThat(report.getSuccessful()).isEqualTo(1);
        assertThat(report.getDetails().getFirst().getStatus()).isEqualTo("paid");
        var found = payouts.payoutsHttpFind(unique);
        assertThat(found.getAmountCents()).isEqualTo(35_000);
    }

    @Test
    void a_charge_is_made_and_settled() throws ApiException {
        var charge =
                new BillingApi(admin())
                        .chargesHttpCreate(
                                new ChargesHttpCreateRequest()
                                        .name("Ana Souza")
                                        .governmentId("529.982.247-25")
                                        .email("ana@example.com")
                                        .debtAmount(new BigDecimal("990.00"))
                                        .debtDueDate("2035-01-26")
                                        .debtId(unique),
                                null);
        assertThat(charge.getDebtAmount()).isEqualByComparingTo(new BigDecimal("990"));
        assertThat(charge.getDebtDueDate()).isEqualTo(LocalDate.of(2035, 1, 26));
        var booked =
                new BillingApi(bank())
                        .settlementsHttpTell(
                                new SettlementsHttpTellRequest()
                                        .debtId(unique)
                                        .paidAt("2026-01-02 10:00:00")
                                        .paidAmount(new BigDecimal("990.00"))
                                        .paidBy("Ana Souza"));
        assertThat(booked).isNotNull();
        var paid = new BillingApi(admin()).chargesHttpDetails(charge.getId().toString());
        assertThat(paid.getCharge().getStatus()).isEqualTo("paid");
    }

    @Test
    void a_reseller_registers_and_is_rewarded() throws ApiException {
        var cpf = cashbackCpf();
        var name = "cliente." + unique.substring(0, 8);
        var reseller =
                new ResellersApi(nobody())
                        .resellersHttpRegister(
                                new ResellersHttpRegisterRequest()
                                        .fullName("Bia Cliente")
                                        .username(name)
                                        .password("uma boa senha")
                                        .cpf(cpf)
                                        .email(name + "@example.com"));
        assertThat(reseller.getUsername()).isEqualTo(name);
        var purchase =
                new PurchasesApi(admin())
                        .purchasesHttpCreate(
                                new PurchasesHttpCreateRequest()
                                        .codigo(unique)
                                        .valor(new BigDecimal("1500.00"))
                                        .data("2026-01-02")
                                        .cpf(cpf),
                                null);
        assertThat(purchase.getCashbackValor()).isEqualByComparingTo("225.00");
        var judged =
                new PurchasesApi(admin())
                        .purchasesHttpJudge(
                                purchase.getId(),
                                new PurchasesHttpJudgeRequest().status("Aprovado"));
        assertThat(judged.getStatus()).isEqualTo("Aprovado");
    }

    @Test
    void a_client_invests() throws ApiException {
        var investments = new InvestmentsApi(admin());
        var client =
                investments.clientsHttpCreate(
                        new ClientsHttpCreateRequest().name("Caio").email(unique + "@example.com"),
                        null);
        var allocation =
                investments.allocationsHttpCreate(
                        new AllocationsHttpCreateRequest()
                                .clientId(client.getId())
                                .assetSymbol("WEGE3")
                                .quantity(BigDecimal.TEN)
                                .buyPrice(new BigDecimal("38.94"))
                                .buyDate(LocalDate.of(2026, 1, 2)),
                        null);
        assertThat(allocation.getQuantity()).isEqualByComparingTo("10");
        var performance = investments.clientsHttpPerformance(client.getId().toString());
        assertThat(performance.getFirst().getTicker()).isEqualTo("WEGE3");
    }

    @Test
    void a_file_is_sent(@TempDir Path directory) throws ApiException, IOException {
        var investments = new InvestmentsApi(admin());
        var email = unique + ".file@example.com";
        investments.clientsHttpCreate(
                new ClientsHttpCreateRequest().name("Davi").email(email), null);
        var file =
                Files.writeString(
                        directory.resolve("allocations.csv"),
                        """
                        client_email,ticker,quantity,buy_price,buy_date
                        %s,WEGE3,10,38.94,2026-01-02
                        """
                                .formatted(email));
        var imported = investments.allocationsHttpImportFile(file.toFile(), null);
        assertThat(imported.getAllocations()).isEqualTo(1);
    }

    @Test
    void the_books_are_read() throws ApiException {
        var accounts = new LedgerApi(admin()).ledgerHttpAccounts(null);
        assertThat(accounts.getItems()).anyMatch(it -> it.getCode().equals("bank"));
    }

    @Test
    void a_refusal_is_an_exception_with_its_code() {
        var refused =
                catchThrowableOfType(
                        ApiException.class,
                        () -> new PayoutsApi(admin()).payoutsHttpFind("none-" + unique));
        assertThat(refused.getCode()).isEqualTo(404);
        assertThat(refused.getResponseBody()).contains("problems/not-found");
    }

    private static ApiClient admin() {
        return with(Http.admin().header("Authorization"));
    }

    private static ApiClient bank() {
        return with("Bearer " + World.BANK_SECRET);
    }

    private static ApiClient nobody() {
        var port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        var client = new ApiClient();
        client.updateBaseUri("http://localhost:" + port);
        return client;
    }

    private static ApiClient with(String authorization) {
        var client = nobody();
        client.setRequestInterceptor(it -> it.header("Authorization", authorization));
        return client;
    }

    /// Of nobody else in these tests.
    private String cashbackCpf() {
        var base = Long.toString(300_000_000L + Math.floorMod(unique.hashCode(), 99_999_999));
        for (var round = 0; round < 2; round++) {
            var sum = 0;
            for (var i = 0; i < base.length(); i++) {
                sum += (base.charAt(i) - '0') * (base.length() + 1 - i);
            }
            base += sum * 10 % 11 % 10;
        }
        return base;
    }
}
