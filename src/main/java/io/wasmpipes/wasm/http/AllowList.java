package io.wasmpipes.wasm.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;

/**
 * The hosts that guests may call: {@code api.example.com}, {@code *.example.com}, {@code [::1]}, each with a port or without,
 * which stands for the standard ports. Addresses that are not public are allowed where the host or the address itself is in
 * the list, and not by a {@code *}.
 */
final class AllowList {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final int ANY_PORT = -1;

    private record Entry(String host, boolean suffix, int port) {
        boolean covers(String name) {
            return suffix ? name.endsWith(host) && name.length() > host.length() : name.equals(host);
        }

        boolean covers(int other) {
            return port == ANY_PORT ? other == HTTP || other == HTTPS : other == port;
        }
    }

    private final List<Entry> entries;

    AllowList(List<String> hosts) {
        entries = hosts.stream().map(AllowList::entry).toList();
    }

    private static Entry entry(String text) {
        boolean suffix = text.startsWith("*.");
        String rest = suffix ? text.substring(1) : text;
        int colon = rest.lastIndexOf(':');
        boolean port = colon > rest.indexOf(']') && colon > 0;
        String host = normal(port ? rest.substring(0, colon) : rest);
        return new Entry(host, suffix, port ? Integer.parseInt(rest.substring(colon + 1)) : ANY_PORT);
    }

    /** In lower case, without brackets and the dot of the root. */
    static String normal(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        String rootless = bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
        return rootless.toLowerCase(Locale.ROOT);
    }

    boolean permits(String host, int port) {
        return entries.stream().anyMatch(entry -> entry.covers(host) && entry.covers(port));
    }

    /** Whether this address may be dialled for a host that is permitted. */
    boolean permits(String host, InetAddress address) {
        return isPublic(address)
                || entries.stream()
                        .anyMatch(entry -> !entry.suffix() && entry.host().equals(host))
                || entries.stream().anyMatch(entry -> entry.host().equals(address.getHostAddress()));
    }

    private static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] raw = address.getAddress();
        return address instanceof Inet4Address
                ? isPublic4(raw[0] & 0xff, raw[1] & 0xff, raw[2] & 0xff)
                : isPublic6(raw);
    }

    /** Not "this" network, shared addresses of carriers, protocol assignments, benchmarks, or what is reserved. */
    private static boolean isPublic4(int a, int b, int c) {
        return a != 0
                && !(a == 100 && b >= 64 && b < 128)
                && !(a == 192 && b == 0 && c == 0)
                && !(a == 198 && (b == 18 || b == 19))
                && a < 240;
    }

    /** Global unicast, and not one of the ways to an IPv4 address: mapped, translated, 6to4, Teredo. */
    private static boolean isPublic6(byte[] raw) {
        int first = pair(raw, 0);
        int second = pair(raw, 2);
        return (first & 0xe000) == 0x2000 && first != 0x2002 && !(first == 0x2001 && second == 0);
    }

    private static int pair(byte[] raw, int at) {
        return ((raw[at] & 0xff) << Byte.SIZE) | (raw[at + 1] & 0xff);
    }
}
