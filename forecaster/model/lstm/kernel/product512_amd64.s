//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// The panels for AVX-512 take 8 rows at a time. Why 8×24: of the 32 registers 24
// hold sums, 3 a row of b and one a number of a, so that 11 loads go with 24
// multiply-adds and b is read half as often as by 4×12.
//
// Registers: as in product_amd64.s, and R11 for the row of dst, then for the
// fifth row of a.

#define LOAD_PANEL \
	MOVQ c+0(FP), AX \
	MOVQ panel_dst(AX), DI \
	MOVQ panel_a(AX), SI \
	MOVQ panel_b(AX), DX \
	MOVQ panel_rows(AX), R12 \
	MOVQ panel_dstStride(AX), R8 \
	MOVQ panel_row(AX), R9 \
	MOVQ panel_columns(AX), CX \
	MOVL $1, R13 \
	SHLL CX, R13 \
	DECL R13 \
	KMOVW R13, K1 \
	MOVQ panel_k(AX), CX \
	LEAQ (R9)(R9*2), R14

#define BEGIN_DEEP \
	MOVQ SI, BX \
	LEAQ (SI)(R9*4), R11 \
	MOVQ DX, AX \
	MOVQ CX, R13

#define NEXT_DEEP \
	ADDQ $8, BX \
	ADDQ $8, R11 \
	ADDQ R8, AX \
	DECQ R13

#define NEXT_ROWS \
	MOVQ R11, DI \
	LEAQ (SI)(R9*8), SI \
	SUBQ $8, R12

#define LOAD3(x, y, z) \
	VMOVUPD (R11), x \
	VMOVUPD 64(R11), y \
	VMOVUPD 128(R11), z \
	ADDQ R8, R11

#define STORE3(x, y, z) \
	VMOVUPD x, (R11) \
	VMOVUPD y, 64(R11) \
	VMOVUPD z, 128(R11) \
	ADDQ R8, R11

#define ADD3(number, x, y, z) \
	VBROADCASTSD number, Z27 \
	VFMADD231PD Z24, Z27, x \
	VFMADD231PD Z25, Z27, y \
	VFMADD231PD Z26, Z27, z

// func panel8x24(c *panel)
TEXT ·panel8x24(SB), NOSPLIT, $0-8
	LOAD_PANEL

rows:
	MOVQ DI, R11
	LOAD3(Z0, Z1, Z2)
	LOAD3(Z3, Z4, Z5)
	LOAD3(Z6, Z7, Z8)
	LOAD3(Z9, Z10, Z11)
	LOAD3(Z12, Z13, Z14)
	LOAD3(Z15, Z16, Z17)
	LOAD3(Z18, Z19, Z20)
	LOAD3(Z21, Z22, Z23)
	BEGIN_DEEP

	PCALIGN $32

deep:
	VMOVUPD (AX), Z24
	VMOVUPD 64(AX), Z25
	VMOVUPD 128(AX), Z26
	ADD3((BX), Z0, Z1, Z2)
	ADD3((BX)(R9*1), Z3, Z4, Z5)
	ADD3((BX)(R9*2), Z6, Z7, Z8)
	ADD3((BX)(R14*1), Z9, Z10, Z11)
	ADD3((R11), Z12, Z13, Z14)
	ADD3((R11)(R9*1), Z15, Z16, Z17)
	ADD3((R11)(R9*2), Z18, Z19, Z20)
	ADD3((R11)(R14*1), Z21, Z22, Z23)
	NEXT_DEEP
	JNZ     deep

	MOVQ DI, R11
	STORE3(Z0, Z1, Z2)
	STORE3(Z3, Z4, Z5)
	STORE3(Z6, Z7, Z8)
	STORE3(Z9, Z10, Z11)
	STORE3(Z12, Z13, Z14)
	STORE3(Z15, Z16, Z17)
	STORE3(Z18, Z19, Z20)
	STORE3(Z21, Z22, Z23)
	NEXT_ROWS
	JNZ  rows
	VZEROUPPER
	RET

#define LOAD1(x) \
	VMOVUPD.Z (R11), K1, x \
	ADDQ R8, R11

#define STORE1(x) \
	VMOVUPD x, K1, (R11) \
	ADDQ R8, R11

#define ADD1(number, free, x) \
	VBROADCASTSD number, free \
	VFMADD231PD Z24, free, x

// func panel8x8(c *panel)
// Columns that the mask in K1 does not let pass are neither read nor written.
TEXT ·panel8x8(SB), NOSPLIT, $0-8
	LOAD_PANEL

rows:
	MOVQ DI, R11
	LOAD1(Z0)
	LOAD1(Z1)
	LOAD1(Z2)
	LOAD1(Z3)
	LOAD1(Z4)
	LOAD1(Z5)
	LOAD1(Z6)
	LOAD1(Z7)
	BEGIN_DEEP

deep:
	VMOVUPD.Z (AX), K1, Z24
	ADD1((BX), Z8, Z0)
	ADD1((BX)(R9*1), Z9, Z1)
	ADD1((BX)(R9*2), Z10, Z2)
	ADD1((BX)(R14*1), Z11, Z3)
	ADD1((R11), Z12, Z4)
	ADD1((R11)(R9*1), Z13, Z5)
	ADD1((R11)(R9*2), Z14, Z6)
	ADD1((R11)(R14*1), Z15, Z7)
	NEXT_DEEP
	JNZ       deep

	MOVQ DI, R11
	STORE1(Z0)
	STORE1(Z1)
	STORE1(Z2)
	STORE1(Z3)
	STORE1(Z4)
	STORE1(Z5)
	STORE1(Z6)
	STORE1(Z7)
	NEXT_ROWS
	JNZ  rows
	VZEROUPPER
	RET
