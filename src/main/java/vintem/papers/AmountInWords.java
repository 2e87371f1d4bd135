package vintem.papers;

import java.util.ArrayList;
import java.util.List;

/// An amount as it is written out on Brazilian papers: `um mil e duzentos reais e cinco centavos`.
///
/// The thousand is written with its *um*, as on cheques, so that nothing can be put before it. *e*
/// stands before the last group where that is at most a hundred or ends in two zeros; millions and
/// more without a rest take *de*.
///
/// Source: Cunha & Cintra, Nova Gramática do Português Contemporâneo, numerais; BACEN's cheque.
public final class AmountInWords {
    private static final String[] UP_TO_NINETEEN = {
        "zero",
        "um",
        "dois",
        "três",
        "quatro",
        "cinco",
        "seis",
        "sete",
        "oito",
        "nove",
        "dez",
        "onze",
        "doze",
        "treze",
        "quatorze",
        "quinze",
        "dezesseis",
        "dezessete",
        "dezoito",
        "dezenove"
    };

    private static final String[] TENS = {
        "",
        "",
        "vinte",
        "trinta",
        "quarenta",
        "cinquenta",
        "sessenta",
        "setenta",
        "oitenta",
        "noventa"
    };

    private static final String[] HUNDREDS = {
        "",
        "cento",
        "duzentos",
        "trezentos",
        "quatrocentos",
        "quinhentos",
        "seiscentos",
        "setecentos",
        "oitocentos",
        "novecentos"
    };

    private static final String[] ONE = {
        "", "mil", "milhão", "bilhão", "trilhão", "quatrilhão", "quintilhão"
    };

    private static final String[] MANY = {
        "", "mil", "milhões", "bilhões", "trilhões", "quatrilhões", "quintilhões"
    };

    private static final int MILLION = 1_000_000;

    private AmountInWords() {}

    /// @param cents zero or more
    public static String of(long cents) {
        if (cents < 0) {
            throw new IllegalArgumentException("a receipt is of something: " + cents);
        }
        var reais = cents / 100;
        var rest = (int) (cents % 100);
        if (rest == 0) {
            return reais(reais);
        }
        var centavos = number(rest) + (rest == 1 ? " centavo" : " centavos");
        return reais == 0 ? centavos : reais(reais) + " e " + centavos;
    }

    private static String reais(long reais) {
        if (reais == 1) {
            return "um real";
        }
        var of = reais >= MILLION && reais % MILLION == 0 ? " de" : "";
        return number(reais) + of + " reais";
    }

    private static String number(long number) {
        if (number == 0) {
            return UP_TO_NINETEEN[0];
        }
        var groups = groups(number);
        var words = new StringBuilder();
        var smallest = 0;
        while (groups.get(smallest) == 0) {
            smallest++;
        }
        for (var i = groups.size() - 1; i >= 0; i--) {
            var group = groups.get(i);
            if (group == 0) {
                continue;
            }
            if (!words.isEmpty()) {
                words.append(between(i, group, smallest));
            }
            words.append(belowThousand(group));
            if (i > 0) {
                words.append(' ').append(group == 1 ? ONE[i] : MANY[i]);
            }
        }
        return words.toString();
    }

    private static String between(int place, int group, int smallest) {
        if (place == smallest && (group <= 100 || group % 100 == 0)) {
            return " e ";
        }
        // `um milhão, duzentos mil`, but `um mil duzentos e trinta`.
        return place == 0 ? " " : ", ";
    }

    /// Of three digits each, the smallest first.
    private static List<Integer> groups(long number) {
        var groups = new ArrayList<Integer>();
        for (var rest = number; rest > 0; rest /= 1_000) {
            groups.add((int) (rest % 1_000));
        }
        return groups;
    }

    private static String belowThousand(int number) {
        if (number == 100) {
            return "cem";
        }
        var words = new ArrayList<String>();
        if (number >= 100) {
            words.add(HUNDREDS[number / 100]);
        }
        var rest = number % 100;
        if (rest >= 20) {
            words.add(TENS[rest / 10]);
            rest %= 10;
        }
        if (rest > 0) {
            words.add(UP_TO_NINETEEN[rest]);
        }
        return String.join(" e ", words);
    }
}
