/// Papers that people ask for: receipts of Pix, lists as spreadsheets, the closing of the day.
///
/// Knows no list and no payment by itself: a module hands over what its paper says (`Receipt`), or
/// implements what is gathered (`ExportedList.Source`, `ClosingLines`).
///
/// Owns `closing_mail`.
///
/// Always holds: no paper shows more of a person than the page it stands beside; an export's rows
/// are read by the list's own query, so that both have the same filters; one closing mail for a day
/// and an address, whichever node writes it.
@Module(uses = {"platform", "access"})
@NullMarked
package vintem.papers;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
