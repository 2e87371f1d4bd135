package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.access.Caller;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.ScriptedSmtp;
import vintem.platform.SmtpServer;
import vintem.platform.Together;
import vintem.platform.Words;

/// Debtors are told, each once, by a real mail server and by servers that misbehave.
@QuarkusTest
@QuarkusTestResource(World.class)
class NotifyDebtorsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    @Inject Database database;
    @Inject ChargeEmailTable emails;
    @Inject MailPaceTable pace;
    @Inject SuppressionTable suppressions;
    @Inject SandboxMailTable sandbox;
    @Inject DebtFileTable files;
    @Inject DebtorMail debtorMail;
    @Inject ChargePix pix;
    @Inject ChangeDueDate changeDueDate;
    @Inject MakeCharges makeCharges;
    @Inject Boletos boletos;

    // Of this test alone: the others share another.
    private final MovableClock clock = new MovableClock();
    private Debtors debtors;

    private final GreenMail mail =
            new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final ScriptedSmtp scripted = new ScriptedSmtp();

    @BeforeEach
    void nobody_waits() {
        debtors = new Debtors(database, makeCharges, boletos, clock);
        Rows.change(
                "update charge_email set status = 'skipped', counted = true"
                        + " where status in ('queued', 'sending')");
        Rows.change("update mail_pace set failures = 0, paused_until = '-infinity'");
        Rows.change("delete from suppression");
    }

    @AfterEach
    void servers_stop() {
        mail.stop();
        scripted.close();
    }

    @Test
    void each_debtor_gets_one_mail_with_all_it_takes_to_pay() throws Exception {
        mail.start();
        var due = BusinessDays.today(clock).plusDays(30);
        var charge =
                debtors.owe(
                        "João \"Zé\"\r\nBcc: x@y.example",
                        Debtors.address(),
                        123_456,
                        due,
                        null,
                        null);
        var sender = real(4, 0);
        assertThat(sender.send()).isEqualTo(1);
        assertThat(sender.send()).isZero();
        assertThat(mail.getReceivedMessages()).hasSize(1);
        var message = mail.getReceivedMessages()[0];
        assertThat(message.getMessageID()).isEqualTo("<" + charge.id() + ".issued@loja.example>");
        assertThat(message.getHeader("To", null))
                .contains("<" + charge.email() + ">")
                .doesNotContain("\n Bcc");
        assertThat(message.getAllRecipients()).hasSize(1);
        assertThat(message.getFrom())
                .extracting(Object::toString)
                .containsExactly("Loja Azul <cobranca@loja.example>");
        assertThat(message.getSubject()).startsWith("[SANDBOX] Loja Azul: R$\u00A01.234,56 ");
        var text = ((MimeMultipart) message.getContent()).getBodyPart(0).getContent().toString();
        assertThat(text)
                .contains(
                        line(charge),
                        "https://pay.example/c/" + DebtorLink.token(charge.id(), charge.pageKey()),
                        "https://pay.example/unsubscribe/",
                        "00020126",
                        "R$\u00A01.234,56",
                        charge.debtId(),
                        "Olá, João \"Zé\" Bcc: x@y.example.",
                        "SANDBOX");
        assertThat(message.getHeader("List-Unsubscribe-Post", null))
                .isEqualTo("List-Unsubscribe=One-Click");
        assertThat(state(charge)).isEqualTo("sent 1 false 250 OK");
    }

    @Test
    void without_a_mail_server_the_sandbox_keeps_what_it_would_send() {
        var people = debtors.owe(3);
        var sender = node(Optional.empty(), 1, 0);
        assertThat(sender.send()).isEqualTo(3);
        assertThat(sender.send()).isZero();
        for (var each : people) {
            assertThat(state(each)).isEqualTo("sent 1 false null");
            var kept = database.transaction(tx -> sandbox.page(tx, each.id(), Long.MAX_VALUE, 9));
            assertThat(kept).hasSize(1);
            assertThat(kept.getFirst().recipient()).isEqualTo(each.email());
        }
    }

    @Test
    void two_nodes_with_many_connections_send_each_mail_once() {
        mail.start();
        var people = debtors.owe(120);
        var nodes = List.of(real(3, 0), real(3, 0));
        var sent =
                Together.atOnce(
                        Stream.concat(
                                        Stream.generate(() -> nodes.get(0)).limit(3),
                                        Stream.generate(() -> nodes.get(1)).limit(3))
                                .<java.util.concurrent.Callable<Integer>>map(node -> node::send)
                                .toList());
        assertThat(sent.stream().mapToInt(Integer::intValue).sum()).isEqualTo(120);
        assertThat(messageIds())
                .containsExactlyInAnyOrderElementsOf(
                        people.stream().map(NotifyDebtorsTest::messageId).toList());
    }

    @Test
    void whoever_has_paid_or_owes_nothing_any_more_is_not_written_to() {
        mail.start();
        var paid = debtors.owe(1).getFirst();
        var cancelled = debtors.owe(1).getFirst();
        var open = debtors.owe(1).getFirst();
        pay(paid);
        Debts.cancel(cancelled.id());
        assertThat(real(1, 0).send()).isEqualTo(1);
        assertThat(state(paid)).isEqualTo("skipped 0 false the charge is paid");
        assertThat(state(cancelled)).isEqualTo("skipped 0 false the charge is cancelled");
        assertThat(messageIds()).containsExactly(messageId(open));
    }

    @Test
    void what_is_paid_or_changed_between_taking_and_sending_is_not_sent_as_it_was() {
        var charge = debtors.owe(1).getFirst();
        var due = claim(clock.instant().plusSeconds(60));
        assertThat(due)
                .singleElement()
                .satisfies(it -> assertThat(it.chargeId()).isEqualTo(charge.id()));
        Rows.change("update charge set updated_at = now() where id = '" + charge.id() + "'");
        assertThat(start(due.getFirst())).isFalse();
        mail.start();
        database.run(tx -> emails.giveBack(tx, due.getFirst().claim(), due));
        assertThat(real(1, 0).send()).isEqualTo(1);
    }

    @Test
    void a_node_that_slept_for_too_long_has_lost_its_mails() {
        debtors.owe(1);
        var slow = claim(clock.instant().plusSeconds(1));
        assertThat(claim(clock.instant().plusSeconds(60))).isEmpty();
        clock.passes(Duration.ofSeconds(2));
        var quick = claim(clock.instant().plusSeconds(60));
        assertThat(quick).hasSize(1);
        assertThat(start(slow.getFirst())).isFalse();
        assertThat(start(quick.getFirst())).isTrue();
    }

    @Test
    void after_a_crash_only_what_was_in_flight_is_repeated_under_its_own_id_and_said_so() {
        mail.start();
        var people = debtors.owe(3);
        var taken = claim(clock.instant().plusSeconds(60));
        // The node dies here: one message in flight, two only taken.
        assertThat(start(taken.getFirst())).isTrue();
        assertThat(real(1, 0).send()).isZero();
        clock.passes(Duration.ofSeconds(61));
        assertThat(real(1, 0).send()).isEqualTo(3);
        assertThat(messageIds())
                .containsExactlyInAnyOrderElementsOf(
                        people.stream().map(NotifyDebtorsTest::messageId).toList());
        assertThat(people.stream().map(this::state))
                .containsExactlyInAnyOrder(
                        "sent 2 true 250 OK", "sent 1 false 250 OK", "sent 1 false 250 OK");
    }

    @Test
    void a_line_that_breaks_after_the_last_dot_repeats_the_mail_under_its_own_id() {
        scripted.answering(ScriptedSmtp.DOT, ScriptedSmtp.DROP, "250 taken").start();
        var charge = debtors.owe(1).getFirst();
        var sender = node(scripted, 0);
        assertThat(sender.send()).isZero();
        assertThat(state(charge)).isEqualTo("queued 1 true it closed the connection");
        clock.passes(Duration.ofMinutes(3));
        assertThat(sender.send()).isEqualTo(1);
        assertThat(state(charge)).isEqualTo("sent 2 true 250 taken");
        assertThat(scripted.given)
                .hasSize(2)
                .allSatisfy(each -> assertThat(each.data()).contains(messageId(charge)));
    }

    @Test
    void a_line_that_breaks_before_it_repeats_nothing() {
        scripted.answering("DATA", ScriptedSmtp.DROP, "354 go on").start();
        var charge = debtors.owe(1).getFirst();
        var sender = node(scripted, 0);
        assertThat(sender.send()).isZero();
        clock.passes(Duration.ofMinutes(3));
        assertThat(sender.send()).isEqualTo(1);
        assertThat(state(charge)).isEqualTo("sent 2 false 250 2.0.0 taken");
        assertThat(scripted.given).hasSize(1);
    }

    @Test
    void what_is_put_off_is_tried_later_and_later_and_in_the_end_given_up() {
        scripted.answering("RCPT", "450 4.2.0 greylisted").start();
        var charge = debtors.owe(1).getFirst();
        var sender = node(scripted, 0);
        assertThat(sender.send()).isZero();
        assertThat(state(charge)).isEqualTo("queued 1 false 450 4.2.0 greylisted");
        assertThat(sender.send()).as("not at once again").isZero();
        for (var attempt = 2; attempt <= 8; attempt++) {
            clock.passes(Duration.ofHours(13));
            sender.send();
        }
        assertThat(state(charge)).isEqualTo("failed 8 false given up: 450 4.2.0 greylisted");
        assertThat(scripted.commands.stream().filter(each -> each.startsWith("RCPT"))).hasSize(8);
    }

    @Test
    void a_mailbox_that_is_not_there_is_written_down_and_left_alone() {
        scripted.answering("RCPT", "550 5.1.1 no such user", "250 ok").start();
        var gone = debtors.owe(1).getFirst();
        var there = debtors.owe(1).getFirst();
        assertThat(node(scripted, 0).send()).isEqualTo(1);
        assertThat(state(gone)).isEqualTo("failed 1 false 550 5.1.1 no such user");
        assertThat(state(there)).isEqualTo("sent 1 false 250 2.0.0 taken");
        var again = debtors.owe("Ana", gone.email().toUpperCase(), 100, gone.dueDate(), null, null);
        assertThat(node(scripted, 0).send()).isZero();
        assertThat(state(again)).isEqualTo("suppressed 0 false null");
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptedSmtp.GREETING, "EHLO", "MAIL", "RCPT"})
    void a_server_that_wants_no_mail_now_is_left_alone_and_costs_no_mail_an_attempt(String when) {
        scripted.answering(when, "421 4.3.2 not now").start();
        var people = debtors.owe(30);
        assertThat(node(scripted, 0).send()).isZero();
        assertThat(node(scripted, 0).send()).as("paused").isZero();
        assertThat(scripted.connections()).isEqualTo(1);
        assertThat(people.stream().map(this::state))
                .allSatisfy(each -> assertThat(each).startsWith("queued 0 false"));
        assertThat(database.transaction(pace::look).problem()).contains("421 4.3.2 not now");
        Rows.change("update mail_pace set paused_until = '-infinity'");
        scripted.answering(when, when.equals(ScriptedSmtp.GREETING) ? "220 hi" : "250 ok");
        assertThat(node(scripted, 0).send()).isEqualTo(30);
        assertThat(database.transaction(pace::look).problem()).isNull();
    }

    @Test
    void a_server_that_takes_few_mails_on_one_connection_gets_another_connection() {
        scripted.answering(
                        "MAIL", "250 ok", "250 ok", "421 4.7.0 enough on this connection", "250 ok")
                .start();
        debtors.owe(5);
        assertThat(node(scripted, 0).send()).isEqualTo(5);
        assertThat(scripted.connections()).isEqualTo(2);
        assertThat(scripted.given).hasSize(5);
    }

    @Test
    void a_server_that_refuses_everybody_does_not_burn_the_whole_queue() {
        scripted.answering("RCPT", "554 5.7.1 relay access denied").start();
        var people = debtors.owe(60);
        assertThat(node(scripted, 0).send()).isZero();
        assertThat(people.stream().map(this::state).filter(it -> it.startsWith("failed")))
                .hasSize(20);
        assertThat(database.transaction(pace::look).problem())
                .contains("none of 20 mails", "relay access denied");
        assertThat(Rows.number("select count(*) from suppression")).isZero();
    }

    @Test
    void all_nodes_together_keep_the_pace() {
        scripted.start();
        debtors.owe(30);
        var start = System.nanoTime();
        var nodes = List.of(node(scripted, 40), node(scripted, 40));
        var sent = Together.<Integer>atOnce(List.of(nodes.get(0)::send, nodes.get(1)::send));
        var millis = (System.nanoTime() - start) / 1_000_000;
        assertThat(sent.get(0) + sent.get(1)).isEqualTo(30);
        assertThat(millis).isGreaterThan(29 * 25 - 50);
    }

    @Test
    void what_ended_is_counted_once_by_its_file() {
        scripted.answering("RCPT", "550 5.1.1 nobody", "250 ok").start();
        var file = UUID.randomUUID();
        Rows.change(
                """
                insert into debt_file (id, name, status, billed, received_at, touched_at, caller_id,
                                       caller_name)
                values ('%s', 'x.csv', 'done', 'already_recognised', now(), now(), '%s', 'x')
                """
                        .formatted(file, file));
        var people = debtors.ofFile(4, file);
        pay(people.get(3));
        assertThat(node(scripted, 0).send()).isEqualTo(2);
        node(scripted, 0).run();
        assertThat(
                        Rows.text(
                                "select emails_sent || ' ' || emails_failed from debt_file where id = ?",
                                file))
                .isEqualTo("2 2");
    }

    @Test
    void a_cancelled_file_is_told_of_no_more() {
        scripted.start();
        var file = UUID.randomUUID();
        Rows.change(
                """
                insert into debt_file (id, name, status, billed, received_at, touched_at, caller_id,
                                       caller_name)
                values ('%s', 'x.csv', 'cancelled', 'already_recognised', now(), now(), '%s', 'x')
                """
                        .formatted(file, file));
        var charge = debtors.ofFile(1, file).getFirst();
        assertThat(node(scripted, 0).send()).isZero();
        assertThat(state(charge)).isEqualTo("skipped 0 false the charge's file was cancelled");
    }

    @Test
    void a_boleto_that_no_bank_has_registered_yet_is_not_shown_and_said_so() {
        scripted.start();
        var charge = debtors.owe(1).getFirst();
        Rows.change(
                "update charge set boleto_status = 'registering' where id = '%s'"
                        .formatted(charge.id()));
        node(scripted, 0).send();
        assertThat(textOf(scripted.taken.getFirst()))
                .contains("ainda está sendo registrado", "00020126")
                .doesNotContain(line(charge));
    }

    @Test
    void after_a_part_was_paid_the_mail_asks_for_the_rest_and_shows_no_boleto_of_the_whole() {
        scripted.start();
        var charge = debtors.owe(123_456, BusinessDays.today(clock).plusDays(9));
        Debts.pay(charge.id(), 23_456);
        node(scripted, 0).send();
        assertThat(textOf(scripted.taken.getFirst()))
                .contains("R$\u00A01.000,00 (em aberto de R$\u00A01.234,56)", "54071000.00")
                .doesNotContain(line(charge));
    }

    @Test
    void a_new_due_date_is_told_of_once_and_only_to_those_who_know_the_old_one() {
        scripted.start();
        var charge = debtors.owe(1).getFirst();
        var first = charge.dueDate().plusDays(10);
        changeDueDate.change(Caller.SYSTEM, charge.id(), first);
        node(scripted, 0).send();
        assertThat(scripted.taken).hasSize(1);
        assertThat(textOf(scripted.taken.getFirst())).contains(Words.PT.day(first));
        var second = first.plusDays(10);
        for (var times = 0; times < 2; times++) {
            changeDueDate.change(Caller.SYSTEM, charge.id(), second);
            node(scripted, 0).send();
        }
        assertThat(scripted.taken).hasSize(2);
        assertThat(textOf(scripted.taken.getLast()))
                .contains("tem um novo vencimento", Words.PT.day(second));
    }

    @Test
    void an_address_that_is_none_is_not_tried() {
        scripted.start();
        var charge =
                debtors.owe(
                        "Ana",
                        "ana@x.example>\r\nRCPT TO:<y@z.example",
                        100,
                        BusinessDays.today(clock),
                        null,
                        null);
        assertThat(node(scripted, 0).send()).isZero();
        assertThat(state(charge)).isEqualTo("failed 0 false this is no e-mail address");
        assertThat(scripted.commands).isEmpty();
    }

    private static String textOf(ScriptedSmtp.Taken taken) {
        try {
            var message =
                    new MimeMessage(
                            jakarta.mail.Session.getInstance(new java.util.Properties()),
                            new java.io.ByteArrayInputStream(
                                    taken.data()
                                            .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            return ((MimeMultipart) message.getContent()).getBodyPart(0).getContent().toString();
        } catch (jakarta.mail.MessagingException | java.io.IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String line(NewCharge charge) {
        return new Boleto(charge.boleto().barCode(), charge.boleto().due()).printedLine();
    }

    private NotifyDebtors real(int connections, int perSecond) {
        return node(Optional.of(server(mail.getSmtp().getPort())), connections, perSecond);
    }

    private NotifyDebtors node(ScriptedSmtp server, int perSecond) {
        return node(Optional.of(server(server.port())), 1, perSecond);
    }

    private NotifyDebtors node(Optional<SmtpServer> server, int connections, int perSecond) {
        return new NotifyDebtors(
                database,
                emails,
                pace,
                suppressions,
                sandbox,
                files,
                debtorMail,
                pix,
                clock,
                new MailSettings(
                        true, server, "https://pay.example", connections, perSecond, PATIENCE));
    }

    private static SmtpServer server(int port) {
        return SmtpServer.parse(
                "smtp://127.0.0.1:%d?from=Loja%%20Azul%%20<cobranca@loja.example>&starttls=none"
                        .formatted(port));
    }

    private List<ChargeEmailTable.Due> claim(java.time.Instant until) {
        return database.transaction(
                tx -> emails.claim(tx, UUID.randomUUID(), clock.instant(), until, 50));
    }

    private boolean start(ChargeEmailTable.Due mail) {
        return database.transaction(tx -> emails.start(tx, mail, clock.instant().plusSeconds(60)));
    }

    private static void pay(NewCharge charge) {
        Debts.pay(charge.id(), charge.amountCents());
    }

    private String state(NewCharge charge) {
        return Rows.text(
                """
                select concat_ws(' ', status, attempts, case when repeated then 'true' else 'false' end,
                                 coalesce(reply, 'null'))
                from charge_email where charge_id = ?
                """,
                charge.id());
    }

    private List<String> messageIds() {
        return Arrays.stream(mail.getReceivedMessages()).map(NotifyDebtorsTest::id).toList();
    }

    private static String messageId(NewCharge charge) {
        return "<" + charge.id() + ".issued@loja.example>";
    }

    private static String id(MimeMessage message) {
        try {
            return message.getMessageID();
        } catch (jakarta.mail.MessagingException failed) {
            throw new AssertionError(failed);
        }
    }
}
