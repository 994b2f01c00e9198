package io.wasmpipes;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of one endpoint from PEM files: {@code TLS_CA_FILE} (whom to trust), {@code TLS_CERT_FILE} and
 * {@code TLS_KEY_FILE} (who we are). The files are read at every call of {@link #read}, so a reconnect sees rotated ones.
 *
 * @param trust from TLS_CA_FILE; null means what the JVM trusts
 * @param keys from TLS_CERT_FILE and TLS_KEY_FILE; null means no client certificate
 */
public record Tls(
        @Nullable TrustManagerFactory trust, @Nullable KeyManagerFactory keys) {
    private static final String CA = "TLS_CA_FILE";
    private static final String CERT = "TLS_CERT_FILE";
    private static final String KEY = "TLS_KEY_FILE";
    private static final char[] NO_PASSWORD = {};

    /**
     * Reads the files; empty when no variable is set, which means the JVM's defaults.
     *
     * @throws ConfigException with every problem of the three files
     */
    public static Optional<Tls> read(Variables vars) throws ConfigException {
        Problems problems = new Problems();
        List<Certificate> ca = certificates(vars, CA, problems);
        List<Certificate> chain = certificates(vars, CERT, problems);
        PrivateKey key = key(vars, problems);
        if (vars.get(CERT).isPresent() != vars.get(KEY).isPresent()) {
            String present = vars.get(CERT).isPresent() ? CERT : KEY;
            problems.add(vars.nameOf(present), "", "needs " + (present.equals(CERT) ? KEY : CERT) + " beside it", "");
        }
        if (problems.isEmpty() && key != null && !PrivateKeys.belongTogether(key, chain.getFirst())) {
            problems.add(vars.nameOf(KEY), "", "is not the key of the first certificate in " + vars.nameOf(CERT), "");
        }
        problems.throwIfAny();
        if (ca.isEmpty() && key == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Tls(ca.isEmpty() ? null : trust(ca), key == null ? null : keys(key, chain)));
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigException(vars.nameOf(ca.isEmpty() ? CERT : CA), "", "cannot be used: " + reason(e), "");
        }
    }

    /** The context of {@link #read}; empty when no variable is set, which means the JVM's default context. */
    public static Optional<SSLContext> context(Variables vars) throws ConfigException {
        Optional<Tls> tls = read(vars);
        return tls.isEmpty() ? Optional.empty() : Optional.of(tls.get().context());
    }

    /** A fresh context of these keys and this trust. */
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    keys == null ? null : keys.getKeyManagers(), trust == null ? null : trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    private static List<Certificate> certificates(Variables vars, String name, Problems problems) {
        byte[] pem = file(vars, name, problems);
        if (pem.length == 0) {
            return List.of();
        }
        try {
            List<Certificate> found = List.copyOf(
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)));
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException e) {
            // told below
        }
        problems.add(
                vars.nameOf(name), vars.get(name).orElse(""), "must hold certificates as PEM (BEGIN CERTIFICATE)", "");
        return List.of();
    }

    private static @Nullable PrivateKey key(Variables vars, Problems problems) {
        byte[] pem = file(vars, KEY, problems);
        if (pem.length == 0) {
            return null;
        }
        try {
            return PrivateKeys.parse(pem);
        } catch (GeneralSecurityException e) {
            problems.add(
                    vars.nameOf(KEY),
                    vars.get(KEY).orElse(""),
                    "must hold one private key as PEM: " + reason(e),
                    "openssl pkcs8 -topk8 -nocrypt -in old.pem -out new.pem");
            return null;
        }
    }

    /** The bytes of the file that {@code name} points at; none if it is unset or a problem was added. */
    private static byte[] file(Variables vars, String name, Problems problems) {
        Optional<String> path = vars.get(name);
        if (path.isEmpty()) {
            return new byte[0];
        }
        try {
            byte[] bytes = Files.readAllBytes(Path.of(path.get()));
            if (bytes.length > 0) {
                return bytes;
            }
            problems.add(vars.nameOf(name), path.get(), "must name a PEM file", "the file is empty");
        } catch (IOException | InvalidPathException e) {
            problems.add(vars.nameOf(name), path.get(), "must name a readable file", "");
        }
        return new byte[0];
    }

    private static TrustManagerFactory trust(List<Certificate> ca) throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        for (int i = 0; i < ca.size(); i++) {
            store.setCertificateEntry("ca" + i, ca.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }

    private static KeyManagerFactory keys(PrivateKey key, List<Certificate> chain)
            throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
