package io.wasmpipes.cases;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** How cases ended, for people and in JUnit's XML. One thread. */
public final class Outcomes {
    private static final double NANOS = 1e9;

    private final List<Outcome> all = new ArrayList<>();

    private record Outcome(String suite, String name, List<String> faults, Duration time) {
        boolean failed() {
            return !faults.isEmpty();
        }
    }

    /** Adds a case of a file; no {@code faults} mean that it passed. */
    public void add(String suite, String name, List<String> faults, Duration time) {
        all.add(new Outcome(suite, name, List.copyOf(faults), time));
    }

    private List<Outcome> failures() {
        return all.stream().filter(Outcome::failed).toList();
    }

    public boolean anyFailed() {
        return !failures().isEmpty();
    }

    /** {@code 3 passed}, or what failed and why, ended. */
    public String text() {
        List<Outcome> failures = failures();
        int passed = all.size() - failures.size();
        if (failures.isEmpty()) {
            return passed + " passed\n";
        }
        StringBuilder text = new StringBuilder(passed > 0 ? passed + " passed, " : "");
        text.append(failures.size()).append(" FAILED:");
        String lead = failures.size() == 1 ? " " : "\n  ";
        for (Outcome failure : failures) {
            text.append(lead).append("case \"").append(failure.name).append("\": ");
            text.append(String.join("\n    ", failure.faults));
        }
        return text.append('\n').toString();
    }

    /** Writes a JUnit report, as build servers read it. */
    public void writeXml(Path file) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuites");
            for (String suite : all.stream().map(Outcome::suite).distinct().toList()) {
                write(xml, suite);
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException(e);
        }
    }

    private void write(XMLStreamWriter xml, String suite) throws XMLStreamException {
        List<Outcome> cases =
                all.stream().filter(each -> each.suite.equals(suite)).toList();
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", suite);
        xml.writeAttribute("tests", Integer.toString(cases.size()));
        xml.writeAttribute(
                "failures", Long.toString(cases.stream().filter(Outcome::failed).count()));
        for (Outcome each : cases) {
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", suite);
            xml.writeAttribute("name", each.name);
            xml.writeAttribute("time", Double.toString(each.time.toNanos() / NANOS));
            if (each.failed()) {
                xml.writeStartElement("failure");
                xml.writeAttribute("message", printable(each.faults.getFirst()));
                xml.writeCharacters(printable(String.join("\n", each.faults)));
                xml.writeEndElement();
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /** XML has no room for most control characters. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "\uFFFD");
    }
}
