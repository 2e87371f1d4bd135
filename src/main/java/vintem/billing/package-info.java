/// Charges: a file of debts becomes charges with boletos, their debtors are told by e-mail, and
/// what they pay settles them.
///
/// Owns `charge`, `beneficiary`, `boleto_home`, `former_boleto`, `charge_settlement`, `charge_pix`,
/// `charge_email`, `debt_file` and what hangs on it. A `debtId` is charged once, for ever, whoever
/// sends it and however often. *Imported*, *boleto issued* and *e-mail sent* are three facts, each
/// recorded by itself.
///
/// What must always hold: each charge has one receivable in the ledger, never more is settled than
/// was paid, a charge paid twice leaves a credit that can be seen, and no number of a boleto is
/// used twice.
@Module(uses = {"platform", "access", "ledger", "bank", "payments"})
@NullMarked
package vintem.billing;

import org.jspecify.annotations.NullMarked;
import vintem.platform.Module;
