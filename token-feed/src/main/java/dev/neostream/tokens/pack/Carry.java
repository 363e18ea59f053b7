package dev.neostream.tokens.pack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a lane holds between documents: the ids of the block that is not full yet. A plain object
 * with public fields, because it is Flink state.
 */
public final class Carry {

  /** A run of ids of one document, see the Avro record Span. */
  public static final class Part {
    public String documentId;
    public long from;
    public int start;
    public int length;
    public boolean last;
    public Map<String, String> attributes = Map.of();
  }

  public long nextBlock;

  /** Ids of the open block; the first one is the last of the block before, block 0 excepted. */
  public int[] ids = new int[0];

  public List<Part> parts = new ArrayList<>();
}
