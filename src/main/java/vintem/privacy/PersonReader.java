package vintem.privacy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.bank.PixKey;
import vintem.platform.EmailAddress;
import vintem.platform.Fields;
import vintem.platform.PersonalData.Person;
import vintem.platform.Problem;
import vintem.platform.TaxId;

/// Reads who is meant, strictly: a slip must not forget somebody else.
final class PersonReader {
    private static final int LONGEST = 200;

    private PersonReader() {}

    /// From a JSON body; the caller says `orThrow`.
    static Person person(Fields body) {
        var taxId = body.text("tax_id", LONGEST);
        var email = body.text("email", LONGEST);
        var name = body.text("name", LONGEST);
        var parsed = TaxId.parse(taxId);
        if (taxId != null && parsed.isEmpty()) {
            body.wrong("tax_id", "is neither a CPF nor a CNPJ");
        }
        var address = EmailAddress.parse(email);
        if (email != null && address.isEmpty()) {
            body.wrong("email", "is no e-mail address");
        }
        var keys = new ArrayList<String>();
        var key = body.text("pix_key", LONGEST);
        PixKey.parse(key == null ? "" : key).map(PixKey::value).ifPresent(keys::add);
        if (key != null && keys.isEmpty()) {
            body.wrong("pix_key", "is no Pix key");
        }
        var ids = new ArrayList<UUID>();
        var id = body.text("id", LONGEST);
        uuid(id).ifPresent(ids::add);
        if (id != null && ids.isEmpty()) {
            body.wrong("id", "is no id");
        }
        return new Person(
                parsed.map(TaxId::value).orElse(null),
                address.map(EmailAddress::key).orElse(null),
                keys,
                name == null || name.isBlank() ? null : name.strip(),
                ids);
    }

    /// What somebody typed into one field: a CPF or CNPJ, an address, a Pix key, an id, or a name.
    static Person typed(String text) {
        var stripped = text.replace("\0", "\uFFFD").strip();
        var taxId = TaxId.parse(stripped);
        if (taxId.isPresent()) {
            return new Person(taxId.get().value(), null, List.of(), null, List.of());
        }
        var id = uuid(stripped);
        var key = PixKey.parse(stripped);
        if (stripped.contains("@")) {
            var address = EmailAddress.parse(stripped);
            if (address.isPresent()) {
                return new Person(null, address.get().key(), List.of(), null, List.of());
            }
        }
        if (id.isPresent()) {
            return new Person(
                    null,
                    null,
                    key.map(it -> List.of(it.value())).orElse(List.of()),
                    null,
                    List.of(id.get()));
        }
        return key.map(it -> new Person(null, null, List.of(it.value()), null, List.of()))
                .orElseGet(
                        () ->
                                new Person(
                                        null,
                                        null,
                                        List.of(),
                                        stripped.isEmpty() ? null : stripped,
                                        List.of()));
    }

    /// @throws Problem `400` where nobody is named
    static Person named(Person person) {
        if (!person.isIdentified() && person.name() == null) {
            throw Problem.invalid("/tax_id", "or email, pix_key, id or name says who is meant");
        }
        return person;
    }

    /// @throws Problem `400` where there is no more than a name
    static Person identified(Person person) {
        if (!person.isIdentified()) {
            throw Problem.invalid(
                    "/tax_id", "or email, pix_key or id says who is meant; people share names");
        }
        return person;
    }

    private static Optional<UUID> uuid(@Nullable String text) {
        return text != null && text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }
}
