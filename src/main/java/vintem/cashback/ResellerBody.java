package vintem.cashback;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Role;

/// A reseller as the contract has it, never with the password.
///
/// @param cpf 11 digits; masked for everybody but its owner and administrators
public record ResellerBody(
        UUID id,
        @Nullable String fullName,
        String username,
        @Nullable String cpf,
        @Nullable String email,
        @Nullable String phone,
        Instant createAt) {
    static ResellerBody of(Reseller reseller, Caller caller) {
        var whole = seesAllOf(caller, reseller.id());
        return new ResellerBody(
                reseller.id(),
                reseller.fullName(),
                reseller.userName(),
                cpfFor(caller, reseller),
                whole ? reseller.email() : null,
                whole ? reseller.phone() : null,
                reseller.createdAt());
    }

    static @Nullable String cpfFor(Caller caller, Reseller reseller) {
        return seesAllOf(caller, reseller.id()) ? reseller.cpf() : reseller.maskedCpf();
    }

    static boolean seesAllOf(Caller caller, UUID resellerId) {
        return caller.id().equals(resellerId) || caller.may(Capability.CASHBACK, Role.ADMIN);
    }
}
