/// Who is asking, and what they may do.
///
/// Turns a credential (API key, token, session cookie, the bank's secret) into a `Caller` before a
/// route runs, and refuses every route that does not say whom it admits (`Needs`, `SignedIn`,
/// `Open`). Keeps users, keys, how much may go out by each (`Spending`), and who did what
/// (`AccessLog`).
///
/// Owns `app_user`, `api_key`, `session`, `one_time_ticket`, `sign_in_failure`, `access_log` and
/// `credential_spending`.
///
/// Always holds: no secret is stored, only its hash; a key never has more than the user who made
/// it; somebody who can manage users is always left; the log only grows.
@Module(uses = {"platform"})
@NullMarked
package vintem.access;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
