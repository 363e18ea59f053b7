package dev.neostream.checkpoint.format;

/** Element type of a tensor; the constants' names are the ones safetensors headers use. */
public enum DType {
  BOOL(1),
  U8(1),
  I8(1),
  F8_E5M2(1),
  F8_E4M3(1),
  U16(2),
  I16(2),
  F16(2),
  BF16(2),
  U32(4),
  I32(4),
  F32(4),
  U64(8),
  I64(8),
  F64(8);

  private final int size;

  DType(int size) {
    this.size = size;
  }

  /** Returns the size of one element in bytes. */
  public int size() {
    return size;
  }
}
