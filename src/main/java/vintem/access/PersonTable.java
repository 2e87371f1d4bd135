package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import vintem.platform.PersonalData;

/// Users whose name is somebody's address. The logs know people by their ids, so they stay.
@Singleton
class PersonTable implements PersonalData {
    private static final String FIND =
            """
            select 'user' as type, id::text as id, created_at as at,
                   case when active then 'active' else 'inactive' end as detail
            from app_user where name = any(:names) order by id desc limit :most
            """;

    private static final String EXPORT =
            """
            select (to_jsonb(u) - 'password_hash')::text from app_user u where name = any(:names)
            """;

    // Somebody who may act is deactivated first, by a person: perhaps nobody else could.
    private static final String ACTIVE =
            """
            select count(*) from app_user where name = any(:names) and active and kind = 'user'
            """;

    private static final String ERASE =
            """
            update app_user
            set name = 'apagado-' || id, active = false, version = version + 1, password_hash = ''
            where name = any(:names) and (kind = 'reseller' or not active)
            returning id
            """;

    private static final String FORGET_SESSIONS = "delete from session where user_id = any(:users)";

    private static final String FORGET_FAILURES =
            "delete from sign_in_failure where subject = any(:subjects)";

    private final Credentials credentials;

    @Inject
    PersonTable(Credentials credentials) {
        this.credentials = credentials;
    }

    @Override
    public String where() {
        return "access";
    }

    private static List<String> names(Person person) {
        var names = new HashSet<String>();
        if (person.email() != null) {
            names.add(person.email());
        }
        if (person.taxId() != null) {
            names.add(person.taxId());
        }
        return List.copyOf(names);
    }

    @Override
    public List<Found> find(Handle tx, Person person, int most) {
        return tx.createQuery(FIND)
                .bindArray("names", String.class, names(person))
                .bind("most", most)
                .map(ConstructorMapper.of(Found.class))
                .list();
    }

    @Override
    public List<String> export(Handle tx, Person person) {
        return tx.createQuery(EXPORT)
                .bindArray("names", String.class, names(person))
                .mapTo(String.class)
                .list();
    }

    @Override
    public Optional<String> obstacle(Handle tx, Person person) {
        var active =
                tx.createQuery(ACTIVE)
                        .bindArray("names", String.class, names(person))
                        .mapTo(Long.class)
                        .one();
        return active == 0 ? Optional.empty() : Optional.of("user-active");
    }

    @Override
    public Erased erase(Handle tx, Erasure erasure) {
        var names = names(erasure.person());
        var users =
                tx.createQuery(ERASE)
                        .bindArray("names", String.class, names)
                        .mapTo(UUID.class)
                        .list();
        tx.createUpdate(FORGET_SESSIONS).bind("users", users.toArray(UUID[]::new)).execute();
        var failures =
                tx.createUpdate(FORGET_FAILURES)
                        .bindArray(
                                "subjects",
                                String.class,
                                names.stream()
                                        .map(it -> SignInLimit.Subject.user(it).key())
                                        .toList())
                        .execute();
        return new Erased(users.size() + failures, new HashSet<>(names));
    }

    @Override
    public void erased() {
        credentials.forgetPeople();
    }
}
