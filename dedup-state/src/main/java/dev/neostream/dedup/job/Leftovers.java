package dev.neostream.dedup.job;

import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.job.DocumentCount;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.job.Rejects;
import dev.neostream.schemas.topic.KafkaConnection;
import java.util.function.Consumer;
import org.apache.flink.util.Collector;

/** Hands on what cutting has left of documents, or rejects it where that is too little. */
final class Leftovers {

  private final int minCharacters;
  private final DocumentCount count;
  private final Rejects rejects;

  /**
   * @param minCharacters least characters of a document that something was cut from
   */
  Leftovers(int minCharacters, DocumentCount count, KafkaConnection connection) {
    this.minCharacters = minCharacters;
    this.count = count;
    this.rejects = new Rejects(Stage.DEDUP, connection);
  }

  void handOn(RankedText text, Collector<RankedText> out, Consumer<OutRecord> records) {
    if (text.document.end) {
      out.collect(text);
      return;
    }
    int characters = text.cut ? characters(text.document.body) : minCharacters;
    if (characters < minCharacters) {
      count.rejected++;
      var tooShort =
          new Rejection("dedup.too_short", Integer.toString(characters), ">= " + minCharacters);
      records.accept(rejects.record(text.document, tooShort));
    } else {
      count.emitted++;
      out.collect(text);
    }
  }

  private static int characters(byte[] utf8) {
    int characters = 0;
    for (byte b : utf8) {
      characters += (b & 0xc0) == 0x80 ? 0 : 1;
    }
    return characters;
  }
}
