package io.wasmpipes.bucket;

import com.azure.core.credential.TokenRequestContext;
import io.wasmpipes.Endpoint;
import io.wasmpipes.Options;
import io.wasmpipes.TransientException;
import io.wasmpipes.Variables;
import io.wasmpipes.azure.AzureLogin;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;

/**
 * A container of Azure Blob Storage.
 *
 * @param server scheme and host, and for an emulator the account
 * @param key signs requests, empty if there is none
 * @param token a shared access signature, empty if there is none
 */
record AzurePlace(
        String shown, String server, String container, String account, String key, String token, Variables variables)
        implements BlobPlace {
    private static final String VERSION = "2021-12-02";
    private static final String SCOPE = "https://storage.azure.com/.default";

    static AzurePlace read(Endpoint endpoint, Options options) {
        Variables variables = endpoint.variables();
        Map<String, String> connection =
                connection(variables.get("AZURE_STORAGE_CONNECTION_STRING").orElse(""));
        String account = options.text("storage_account")
                .or(() -> variables.get("AZURE_STORAGE_ACCOUNT"))
                .orElse(connection.getOrDefault("AccountName", ""));
        if (!account.matches("[a-z0-9]{3,24}")) {
            options.wrong("storage_account", account, "must name the storage account, as must AZURE_STORAGE_ACCOUNT");
        }
        String server = server(options, variables, connection, account);
        return new AzurePlace(
                endpoint.toString(),
                server,
                endpoint.host(),
                account,
                variables.get("AZURE_STORAGE_KEY").orElse(connection.getOrDefault("AccountKey", "")),
                variables
                        .get("AZURE_STORAGE_SAS_TOKEN")
                        .orElse(connection.getOrDefault("SharedAccessSignature", ""))
                        .replaceFirst("^\\?", ""),
                variables);
    }

    private static Map<String, String> connection(String text) {
        Map<String, String> fields = new HashMap<>();
        for (String field : text.split(";", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.put(
                        field.substring(0, equals).strip(),
                        field.substring(equals + 1).strip());
            }
        }
        return fields;
    }

    private static String server(Options options, Variables variables, Map<String, String> connection, String account) {
        String protocol = options.text("protocol")
                .or(() -> variables.get("AZURE_STORAGE_PROTOCOL"))
                .orElse(connection.getOrDefault("DefaultEndpointsProtocol", "https"));
        boolean asked = options.flag("localemu", false);
        boolean emulator = asked
                || variables
                        .get("AZURE_STORAGE_IS_LOCAL_EMULATOR")
                        .filter("true"::equals)
                        .isPresent();
        String domain = options.text("domain")
                .or(() -> variables.get("AZURE_STORAGE_DOMAIN"))
                .orElse(
                        emulator
                                ? "127.0.0.1:10000"
                                : "blob." + connection.getOrDefault("EndpointSuffix", "core.windows.net"));
        if (emulator || domain.matches("(localhost|[0-9.]+)(:\\d+)?")) {
            return (emulator ? "http" : protocol) + "://" + domain + "/" + account;
        }
        String own = connection.getOrDefault("BlobEndpoint", "").replaceFirst("/+$", "");
        return own.isEmpty() ? protocol + "://" + account + "." + domain : own;
    }

    @Override
    public HttpRequest.Builder request(String name) throws TransientException {
        String path = "/" + container + "/" + BlobPlace.path(name);
        if (key.isEmpty() && !token.isEmpty()) {
            return HttpRequest.newBuilder(URI.create(server + path + "?" + token))
                    .header("x-ms-version", VERSION);
        }
        URI uri = URI.create(server + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("x-ms-version", VERSION);
        return key.isEmpty() ? request.header("Authorization", "Bearer " + login()) : sign(uri, request);
    }

    private HttpRequest.Builder sign(URI uri, HttpRequest.Builder request) throws TransientException {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
        return request.header("x-ms-date", date)
                .header("Authorization", SharedKey.sign(account, key, uri, date, VERSION, shown));
    }

    /** A token of Azure's default chain. */
    private String login() throws TransientException {
        try {
            return AzureLogin.credential(variables)
                    .getTokenSync(new TokenRequestContext().addScopes(SCOPE))
                    .getToken();
        } catch (RuntimeException e) { // what the chain throws is of many kinds
            throw TransientException.outage(
                    "no credentials for " + shown
                            + ": set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN, AZURE_STORAGE_CONNECTION_STRING or an identity");
        }
    }
}
