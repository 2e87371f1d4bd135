package vintem.app;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import vintem.access.SignedIn;
import vintem.platform.BusinessDays;
import vintem.platform.HttpBody;
import vintem.platform.Json;

/// Tools that need no data of ours.
@Path("/tools")
@Tag(name = "tools")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ToolsHttp {
    private static final int LONGEST_TEXT = 100_000;

    private static final String SAMPLE =
            """
            {"kind":"phone","valid":true,"normalized":"+5511912345678",
             "fields":{"formatted":"+55 11 91234-5678","ddd":"11","line":"mobile",
                       "masked":"+5511*****5678","pix_key_kind":"phone"},
             "problems":[],"notes":[]}""";

    private static final String BR_CODE_SAMPLE =
            """
            {"kind":"br_code","valid":false,"normalized":null,
             "fields":{"crc":"1D3C","expected_crc":"1D3D","00":"01","26.00":"br.gov.bcb.pix",
                       "26.01":"123e4567-e12b-12d1-a456-426655440000","52":"0000","53":"986",
                       "58":"BR","59":"Fulano de Tal","60":"BRASILIA","62.05":"***",
                       "63":"1D3C"},
             "problems":["63: the CRC is '1D3C', should be 1D3D: a character was changed or lost,\
             or it was never right"],"notes":[]}""";

    private static final String BOLETO_SAMPLE =
            """
            {"kind":"boleto","valid":true,
             "normalized":"34191100060001236005371234570001116810000012345",
             "fields":{"written_as":"line","bank":"341","bank_name":"Itaú","currency":"9",
                       "check_digit":"1","due_factor":"1681","due":"2027-01-04",
                       "due_otherwise":"2002-05-15","amount":"R$ 123,45","amount_cents":"12345",
                       "free_field":"1100000012360057123457000","wallet":"110",
                       "nosso_numero":"00000123-6","agency":"0057","account":"12345-7",
                       "bar_code":"34191168100000123451100000012360057123457000",
                       "line":"34191.10006 00012.360053 71234.570001 1 16810000012345"},
             "problems":[],"notes":[]}""";

    private final Clock clock;

    @Inject
    ToolsHttp(Clock clock) {
        this.clock = clock;
    }

    @POST
    @Path("/inspect")
    @SignedIn
    @Operation(summary = "Explain a BR Code, a Pix key, a CPF, a CNPJ, a boleto, a utility's slip")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples =
                                    @ExampleObject(
                                            name = "phone",
                                            value = "{\"text\":\"+55 11 91234-5678\"}")))
    @APIResponse(
            responseCode = "200",
            description = "What it is; `valid` says whether it holds",
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "phone", value = SAMPLE),
                                @ExampleObject(
                                        name = "a BR Code with a wrong character",
                                        value = BR_CODE_SAMPLE),
                                @ExampleObject(name = "a boleto", value = BOLETO_SAMPLE)
                            }))
    @APIResponse(responseCode = "400", description = "There is no text")
    public Response inspect(InputStream body) {
        var fields = HttpBody.object(body);
        var text = fields.text("text", LONGEST_TEXT);
        if (text == null) {
            if (!fields.has("text")) {
                fields.wrong("text", "is required");
            }
            fields.orThrow();
            return Response.serverError().build();
        }
        return Response.ok(Json.write(Inspect.inspect(text, BusinessDays.today(clock)))).build();
    }
}
