package dev.neostream.ops.explain;

import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.Span;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.schemas.topic.TopicReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Into which token blocks a run has put documents. */
public final class DocumentBlocks {

  private DocumentBlocks() {}

  /**
   * Returns the blocks of each document as {@code domain/lane/block}, without those that the run
   * rejected or marked as duplicates. A document that waits for its block to fill has none.
   */
  public static Map<String, List<String>> of(KafkaConnection connection, Set<String> ids) {
    Map<String, List<String>> places = new HashMap<>();
    if (ids.isEmpty()) {
      return places;
    }
    ids.forEach(id -> places.put(id, new ArrayList<>()));
    Set<String> domains = new TreeSet<>();
    try (var rejects =
            new TopicReader<>(
                connection, connection.topics().rejectedDocuments(), RejectedDocument.class);
        var duplicates =
            new TopicReader<>(
                connection, connection.topics().duplicatesDocuments(), DuplicateMark.class);
        var index =
            new TopicReader<>(connection, connection.topics().tokenIndex(), TokenIndex.class)) {
      rejects.readToEnd(reject -> places.remove(reject.getId()));
      duplicates.readToEnd(mark -> places.remove(mark.getId()));
      index.readToEnd(entry -> domains.add(entry.getDomain()));
    }
    for (String domain : domains) {
      try (var blocks =
          new TopicReader<>(connection, connection.topics().tokens(domain), TokenBlock.class)) {
        blocks.readToEnd(block -> add(places, domain, block));
      }
    }
    return places;
  }

  private static void add(Map<String, List<String>> places, String domain, TokenBlock block) {
    String place = domain + "/" + block.getLane() + "/" + block.getBlock();
    for (Span span : block.getSpans()) {
      List<String> of = places.get(span.getDocumentId());
      if (of != null && !of.contains(place)) {
        of.add(place);
      }
    }
  }
}
