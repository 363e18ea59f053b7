package dev.neostream.tokens.bpe;

/**
 * A text of a byte-level tokenizer that is one id before anything is merged.
 *
 * @param id its id
 * @param text what it stands for; not empty
 * @param control whether it is a mark such as {@code <|endoftext|>}, which no text becomes
 * @param normalized whether it is looked for in the normalised text, else in the text as it came
 * @param stripLeft whether white space before it belongs to it, and is lost
 * @param stripRight whether white space behind it belongs to it, and is lost
 */
public record AddedPiece(
    int id,
    String text,
    boolean control,
    boolean normalized,
    boolean stripLeft,
    boolean stripRight) {}
