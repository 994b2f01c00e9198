package io.wasmpipes.bucket;

import io.wasmpipes.Bytes;
import io.wasmpipes.TransientException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Azure's authorization by an account's key, for a GET without conditions. */
final class SharedKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String NO_OTHER_HEADERS = "\n".repeat(12);

    private SharedKey() {}

    static String sign(String account, String key, URI uri, String date, String version, String shown)
            throws TransientException {
        String text = "GET" + NO_OTHER_HEADERS + "x-ms-date:" + date + "\nx-ms-version:" + version + "\n/" + account
                + uri.getRawPath();
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(key), ALGORITHM));
            byte[] signature = mac.doFinal(Bytes.utf8(text).toArray());
            return "SharedKey " + account + ":" + Base64.getEncoder().encodeToString(signature);
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw TransientException.outage("the key of the storage account is no base64, for " + shown);
        }
    }
}
