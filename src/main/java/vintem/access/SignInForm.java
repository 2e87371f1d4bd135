package vintem.access;

/// The sign-in page, plain until the product has a frame for its pages.
final class SignInForm {
    private static final String PAGE =
            """
            <!doctype html>
            <html lang="pt-BR">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Vintém · Entrar</title>
            <h1>Vintém</h1>
            %s
            <form method="post" action="/app/sign-in">
            <input type="hidden" name="next" value="%s">
            <p><label>Usuário<br><input name="username" autocomplete="username" required></label>
            <p><label>Senha<br><input name="password" type="password"
                autocomplete="current-password" required></label>
            <p><button>Entrar</button>
            </form>
            """;

    private static final String FAILED = "<p role=\"alert\">Usuário ou senha não conferem.";

    private SignInForm() {}

    /// @param next a path that went through [NextPath], which leaves only `&` to be escaped
    static String html(String next, boolean failed) {
        return PAGE.formatted(failed ? FAILED : "", next.replace("&", "&amp;"));
    }
}
