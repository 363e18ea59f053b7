package dev.neostream.tokens.pack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Cuts a lane's documents into blocks of {@code sequenceLength + 1} ids that overlap by one.
 *
 * <pre>
 *   documents   a a a a $ b b b $ c c ...          $ = end of document
 *   block 0     a a a a $                          sequenceLength = 4: predicts a a a $
 *   block 1             $ b b b $                  predicts b b b $
 *   block 2                     $ c c ...
 * </pre>
 *
 * <p>Every id but the lane's very first is predicted exactly once. Pure: state in, state and blocks
 * out.
 */
public final class BlockPacker {

  /** A full block. */
  public record Block(long number, int[] ids, List<Carry.Part> parts) {}

  private final int sequenceLength;

  /**
   * @param sequenceLength tokens a block predicts, at least 1
   */
  public BlockPacker(int sequenceLength) {
    if (sequenceLength < 1) {
      throw new IllegalArgumentException(
          "sequenceLength must be at least 1: sequenceLength=" + sequenceLength);
    }
    this.sequenceLength = sequenceLength;
  }

  /**
   * Appends a document to {@code carry} and hands every block that became full to {@code sealed}.
   *
   * @param attributes go with each part of the document, see {@code Envelope.attributes}
   * @param ids the document's ids, end-of-document id included
   */
  public void add(
      Carry carry,
      String documentId,
      Map<String, String> attributes,
      int[] ids,
      Consumer<Block> sealed) {
    int from = 0;
    while (from < ids.length) {
      int start = carry.ids.length;
      int length = Math.min(ids.length - from, sequenceLength + 1 - start);
      carry.ids = Arrays.copyOf(carry.ids, start + length);
      System.arraycopy(ids, from, carry.ids, start, length);
      var part = new Carry.Part();
      part.documentId = documentId;
      part.attributes = attributes;
      part.from = from;
      part.start = start;
      part.length = length;
      from += length;
      part.last = from == ids.length;
      carry.parts.add(part);
      if (carry.ids.length == sequenceLength + 1) {
        sealed.accept(new Block(carry.nextBlock++, carry.ids, carry.parts));
        carry.ids = new int[] {carry.ids[sequenceLength]};
        carry.parts = new ArrayList<>();
      }
    }
  }
}
