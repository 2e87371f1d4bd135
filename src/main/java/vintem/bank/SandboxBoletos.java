package vintem.bank;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import vintem.platform.Settings;
import vintem.platform.TaxId;

/// The boletos of the sandbox's bank: registered in the moment they are made. With
/// `VINTEM_SANDBOX_STRICT_BOLETOS` it takes none of a payer without a valid document, as real banks
/// do.
@Singleton
public class SandboxBoletos implements BoletoRegistry {
    /// Why a strict bank takes no boleto for somebody whose document is neither a CPF nor a CNPJ.
    static final String INVALID_DOCUMENT = "invalid_document";

    private final boolean strict;

    @Inject
    SandboxBoletos() {
        this(Settings.flag("sandbox-strict-boletos"));
    }

    public SandboxBoletos(boolean strict) {
        this.strict = strict;
    }

    @Override
    public Optional<Answer> atOnce(boolean documentValid) {
        return Optional.of(
                strict && !documentValid
                        ? new Answer.Rejected(INVALID_DOCUMENT)
                        : new Answer.Registered());
    }

    @Override
    public Duration timeout() {
        return Duration.ofSeconds(1);
    }

    /// Drafts that another bank has left behind.
    @Override
    public List<Answered> register(List<Slip> slips) {
        return slips.stream()
                .map(
                        each ->
                                new Answered(
                                        each.id(),
                                        atOnce(TaxId.parse(each.governmentId()).isPresent())
                                                .orElseThrow()))
                .toList();
    }
}
