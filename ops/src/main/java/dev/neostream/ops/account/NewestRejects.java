package dev.neostream.ops.account;

import dev.neostream.schemas.avro.RejectedDocument;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** The last rejects, of whichever rule. Not thread-safe. */
public final class NewestRejects {

  /** How many. */
  public static final int MOST = 60;

  private final Deque<RejectExamples.Example> newest = new ArrayDeque<>();

  /** Takes note of a reject. */
  public void add(RejectedDocument reject) {
    if (newest.size() == MOST) {
      newest.removeFirst();
    }
    newest.add(RejectExamples.Example.of(reject));
  }

  /** Returns them, the newest first. */
  public List<RejectExamples.Example> list() {
    var list = new ArrayList<>(newest);
    Collections.reverse(list);
    return list;
  }
}
