package vintem.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a credential may do: a role in some capabilities, and how many cents may go out by it, per
/// item and per day.
///
/// @param releaseAboveCents a batch of more than this waits for a second person
/// @param releaseLimitCents the largest batch of somebody else that this credential may release
public record Grant(
        Map<Capability, Role> roles,
        long perItemLimitCents,
        long dailyLimitCents,
        long releaseAboveCents,
        long releaseLimitCents) {
    public static final long NO_LIMIT = Long.MAX_VALUE;

    public static final Grant NOTHING = new Grant(Map.of(), 0, 0);

    public static final Grant EVERYTHING =
            new Grant(
                    Arrays.stream(Capability.values())
                            .collect(Collectors.toMap(Function.identity(), _ -> Role.ADMIN)),
                    NO_LIMIT,
                    NO_LIMIT);

    public Grant(Map<Capability, Role> roles, long perItemLimitCents, long dailyLimitCents) {
        this(roles, perItemLimitCents, dailyLimitCents, NO_LIMIT, NO_LIMIT);
    }

    public Grant {
        var ordered = new EnumMap<Capability, Role>(Capability.class);
        ordered.putAll(roles);
        roles = Collections.unmodifiableMap(ordered);
    }

    public boolean may(Capability capability, Role role) {
        var given = roles.get(capability);
        return given != null && given.includes(role);
    }

    /// Whether the other grant allows nothing that this one does not.
    boolean covers(Grant other) {
        return other.roles.entrySet().stream().allMatch(it -> may(it.getKey(), it.getValue()))
                && other.perItemLimitCents <= perItemLimitCents
                && other.dailyLimitCents <= dailyLimitCents;
    }

    /// What both grants allow.
    Grant within(Grant other) {
        var lesser = new EnumMap<Capability, Role>(Capability.class);
        roles.forEach(
                (capability, role) -> {
                    var theirs = other.roles.get(capability);
                    if (theirs != null) {
                        lesser.put(capability, role.includes(theirs) ? theirs : role);
                    }
                });
        return new Grant(
                lesser,
                Math.min(perItemLimitCents, other.perItemLimitCents),
                Math.min(dailyLimitCents, other.dailyLimitCents),
                Math.min(releaseAboveCents, other.releaseAboveCents),
                Math.min(releaseLimitCents, other.releaseLimitCents));
    }

    /// The same with what concerns a second person; null for no limit.
    Grant withRelease(@Nullable Long aboveCents, @Nullable Long limitCents) {
        return new Grant(
                roles,
                perItemLimitCents,
                dailyLimitCents,
                aboveCents == null ? NO_LIMIT : aboveCents,
                limitCents == null ? NO_LIMIT : limitCents);
    }

    /// From its columns: roles such as `payouts:operator`, and null for no limit.
    static Grant of(
            Collection<String> roles,
            @Nullable Long perItemLimitCents,
            @Nullable Long dailyLimitCents) {
        var parsed = new EnumMap<Capability, Role>(Capability.class);
        for (var role : roles) {
            var parts = role.split(":", 2);
            parsed.put(
                    word(Capability.values(), Capability::word, parts[0]),
                    word(Role.values(), Role::word, parts[1]));
        }
        return new Grant(
                parsed,
                perItemLimitCents == null ? NO_LIMIT : perItemLimitCents,
                dailyLimitCents == null ? NO_LIMIT : dailyLimitCents);
    }

    List<String> roleColumn() {
        return roles.entrySet().stream()
                .map(it -> it.getKey().word() + ":" + it.getValue().word())
                .toList();
    }

    @Nullable Long perItemLimitColumn() {
        return perItemLimitCents == NO_LIMIT ? null : perItemLimitCents;
    }

    @Nullable Long dailyLimitColumn() {
        return dailyLimitCents == NO_LIMIT ? null : dailyLimitCents;
    }

    @Nullable Long releaseAboveColumn() {
        return releaseAboveCents == NO_LIMIT ? null : releaseAboveCents;
    }

    @Nullable Long releaseLimitColumn() {
        return releaseLimitCents == NO_LIMIT ? null : releaseLimitCents;
    }

    /// `{"payouts": "operator"}`, in the order of [Capability].
    public Map<String, String> roleWords() {
        var words = new LinkedHashMap<String, String>();
        roles.forEach((capability, role) -> words.put(capability.word(), role.word()));
        return words;
    }

    private static <E> E word(E[] values, Function<E, String> word, String text) {
        for (var value : values) {
            if (word.apply(value).equals(text)) {
                return value;
            }
        }
        throw new IllegalArgumentException("no such role: " + text);
    }
}
