package io.wasmpipes;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads private keys from PEM: PKCS#8 of any kind the JDK knows, PKCS#1 (RSA) and SEC1 (EC), none of them encrypted. */
final class PrivateKeys {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----([^-]*)-----END \\1-----");
    private static final byte[] VERSION_0 = HexFormat.of().parseHex("020100");
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int OBJECT = 0x06;

    private PrivateKeys() {}

    static PrivateKey parse(byte[] pem) throws GeneralSecurityException {
        String text = new String(pem, StandardCharsets.ISO_8859_1);
        Matcher block = BLOCK.matcher(text);
        if (!block.find()) {
            throw new InvalidKeyException("it has no BEGIN PRIVATE KEY");
        }
        if (block.group(1).startsWith("ENCRYPTED") || block.group(2).contains("ENCRYPTED")) {
            throw new InvalidKeyException("the key is encrypted");
        }
        byte[] der = decode(block.group(2));
        return switch (block.group(1)) {
            case "PRIVATE KEY" -> pkcs8(der);
            case "RSA PRIVATE KEY" -> pkcs8(wrap(RSA, der));
            case "EC PRIVATE KEY" -> pkcs8(wrap(tagged(SEQUENCE, join(EC, curve(der))), der));
            default -> throw new InvalidKeyException("a " + block.group(1) + " is not supported");
        };
    }

    /** Whether the certificate is of this key: what one signs, the other verifies. True for kinds that cannot be tried. */
    static boolean belongTogether(PrivateKey key, Certificate certificate) {
        String algorithm = switch (certificate.getPublicKey()) {
            case RSAPublicKey _ -> "SHA256withRSA";
            case ECPublicKey _ -> "SHA256withECDSA";
            default -> certificate.getPublicKey().getAlgorithm();
        };
        try {
            byte[] probe = {1};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(probe);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            return true; // an algorithm that needs parameters: the handshake will tell
        }
    }

    private static byte[] decode(String base64) throws InvalidKeyException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new InvalidKeyException("its Base64 is damaged", e);
        }
    }

    private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
        for (String algorithm : new String[] {"RSA", "EC", "EdDSA", "RSASSA-PSS"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // it is of another kind: the encoding says which, and each factory takes its own only
            }
        }
        throw new InvalidKeyException("its content is damaged or of an unknown kind");
    }

    /** PKCS#8 around a key of the given algorithm. */
    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return tagged(SEQUENCE, join(VERSION_0, algorithm, tagged(OCTETS, key)));
    }

    /** The object identifier of the curve in a SEC1 key: the first element tagged [0], which follows the key's octets. */
    private static byte[] curve(byte[] sec1) throws InvalidKeyException {
        try {
            int at = content(sec1, 0); // into the sequence
            at = content(sec1, at) + sec1[at + 1]; // over the version
            at = content(sec1, at) + (sec1[at + 1] & 0x7f); // over the key: at most 66 bytes, a short length
            if (sec1[at] == (byte) 0xa0) {
                int oid = content(sec1, at);
                int end = content(sec1, oid) + sec1[oid + 1];
                if (sec1[oid] == OBJECT) {
                    return Arrays.copyOfRange(sec1, oid, end);
                }
            }
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new InvalidKeyException("its content is damaged", e);
        }
        throw new InvalidKeyException("it does not name its curve");
    }

    /** Where the content of the element at {@code at} starts. */
    private static int content(byte[] der, int at) {
        int length = der[at + 1] & 0xff;
        return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
    }

    private static byte[] tagged(int tag, byte[] content) {
        int length = content.length;
        byte[] head = length < 0x80
                ? new byte[] {(byte) tag, (byte) length}
                : new byte[] {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
        return join(head, content);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
