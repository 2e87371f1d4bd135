/// The documentation, where it is needed: the Markdown files of `docs/` as pages of the console, as
/// plain Markdown for programs, and listed in `/llms.txt`.
///
/// The files lie in the jar as they lie in the repository; which there are, and in which order, is
/// what the index, `docs/README.md`, links to. Owns nothing in the database.
@Module(uses = {"platform", "access"})
@NullMarked
package vintem.docs;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
