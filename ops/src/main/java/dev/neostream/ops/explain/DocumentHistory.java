package dev.neostream.ops.explain;

import dev.neostream.dedup.Subject;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.BlockFlag;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.Span;
import dev.neostream.schemas.avro.Takedown;
import dev.neostream.schemas.avro.TakedownDocument;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a run did with documents, from its topics. */
public final class DocumentHistory {

  private DocumentHistory() {}

  /** Returns a line for each thing that happened, by document id. */
  public static Map<String, List<String>> of(KafkaConnection connection, List<String> ids) {
    Set<String> asked = new HashSet<>(ids);
    Map<String, List<String>> lines = new HashMap<>();
    try (var rejects =
            new TopicReader<>(
                connection, connection.topics().rejectedDocuments(), RejectedDocument.class);
        var duplicates =
            new TopicReader<>(
                connection, connection.topics().duplicatesDocuments(), DuplicateMark.class);
        var takedowns =
            new TopicReader<>(connection, connection.topics().takedowns(), Takedown.class);
        var flags =
            new TopicReader<>(connection, connection.topics().blockFlags(), BlockFlag.class);
        var index =
            new TopicReader<>(connection, connection.topics().tokenIndex(), TokenIndex.class)) {
      rejects.readToEnd(
          reject -> {
            if (asked.contains(reject.getId())) {
              add(
                  lines,
                  reject.getId(),
                  "rejected by "
                      + Stage.of(reject)
                      + ", "
                      + reject.getReason()
                      + ": "
                      + reject.getValue()
                      + ", must be "
                      + reject.getThreshold()
                      + (reject.getCleaner().isEmpty() ? "" : " (" + reject.getCleaner() + ")"));
            }
          });
      duplicates.readToEnd(
          mark -> {
            if (asked.contains(mark.getId())) {
              add(
                  lines,
                  mark.getId(),
                  "duplicate of " + mark.getCanonical() + " by " + mark.getRule());
            }
          });
      Set<String> domains = new TreeSet<>();
      index.readToEnd(entry -> domains.add(entry.getDomain()));
      domains.forEach(domain -> blocks(connection, domain, asked, lines));
      takedowns.readToEnd(takedown -> takedown(takedown, asked, lines));
      flags.readToEnd(
          flag -> {
            for (String id : flag.getDocuments()) {
              if (asked.contains(id)) {
                add(
                    lines,
                    id,
                    "block "
                        + flag.getBlock()
                        + " of "
                        + flag.getDomain()
                        + ", lane "
                        + flag.getLane()
                        + ", flagged by takedown "
                        + flag.getTakedown());
              }
            }
          });
    }
    return lines;
  }

  private static void takedown(
      Takedown takedown, Set<String> asked, Map<String, List<String>> lines) {
    for (TakedownDocument document : takedown.getDocuments()) {
      if (asked.contains(document.getId())) {
        String about =
            document.getMatched() ? "taken down" : "forgotten as a duplicate of what is taken down";
        add(
            lines,
            document.getId(),
            about
                + " by takedown "
                + takedown.getVersion()
                + " ("
                + new Subject(takedown.getKind(), takedown.getValue())
                + ") of "
                + takedown.getAuthor()
                + ": "
                + takedown.getReason());
      }
    }
  }

  private static void blocks(
      KafkaConnection connection,
      String domain,
      Set<String> asked,
      Map<String, List<String>> lines) {
    try (var blocks =
        new TopicReader<>(connection, connection.topics().tokens(domain), TokenBlock.class)) {
      blocks.readToEnd(
          block -> {
            for (Span span : block.getSpans()) {
              if (asked.contains(span.getDocumentId())) {
                add(
                    lines,
                    span.getDocumentId(),
                    span.getLength()
                        + " tokens in block "
                        + block.getBlock()
                        + " of "
                        + domain
                        + ", lane "
                        + block.getLane()
                        + attributes(span));
              }
            }
          });
    }
  }

  private static String attributes(Span span) {
    return span.getAttributes().isEmpty()
        ? ""
        : new TreeMap<>(span.getAttributes())
            .entrySet().stream()
                .map(attribute -> attribute.getKey() + ": " + attribute.getValue())
                .collect(Collectors.joining(", ", " (", ")"));
  }

  private static void add(Map<String, List<String>> lines, String id, String line) {
    lines.computeIfAbsent(id, key -> new ArrayList<>()).add(line);
  }
}
