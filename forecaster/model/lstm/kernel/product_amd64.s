//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// All panels keep a block of dst in registers while k runs, so that an element
// is loaded and stored once, and b is read four (or one) times less often than
// it is used. The order of the multiply-adds within an element is that of k.
//
// Why 4×12: two multiply-adds of latency 4 start per cycle, so at least 8
// independent ones must be under way; 12 sums, 3 vectors of b and one number of
// a fill the 16 registers, and 7 loads go with 12 multiply-adds.
//
// Registers of all panels:
//   DI dst    SI a    DX b    R12 rows left    CX k
//   R8 stride of dst and b    R9 row of a    R14 3·R9
//   BX, AX, R13: a, b and k within a block of rows

#define LOAD_PANEL \
	MOVQ c+0(FP), AX \
	MOVQ panel_dst(AX), DI \
	MOVQ panel_a(AX), SI \
	MOVQ panel_b(AX), DX \
	MOVQ panel_rows(AX), R12 \
	MOVQ panel_k(AX), CX \
	MOVQ panel_dstStride(AX), R8 \
	MOVQ panel_row(AX), R9

#define BEGIN_ROWS \
	MOVQ SI, BX \
	MOVQ DX, AX \
	MOVQ CX, R13

// func panel4x12(c *panel)
TEXT ·panel4x12(SB), NOSPLIT, $0-8
	LOAD_PANEL
	LEAQ (R9)(R9*2), R14

rows:
	BEGIN_ROWS
	LEAQ    (DI)(R8*2), R11
	VMOVUPD (DI), Y0
	VMOVUPD 32(DI), Y1
	VMOVUPD 64(DI), Y2
	VMOVUPD (DI)(R8*1), Y3
	VMOVUPD 32(DI)(R8*1), Y4
	VMOVUPD 64(DI)(R8*1), Y5
	VMOVUPD (R11), Y6
	VMOVUPD 32(R11), Y7
	VMOVUPD 64(R11), Y8
	VMOVUPD (R11)(R8*1), Y9
	VMOVUPD 32(R11)(R8*1), Y10
	VMOVUPD 64(R11)(R8*1), Y11

	PCALIGN $32

deep:
	VMOVUPD      (AX), Y12
	VMOVUPD      32(AX), Y13
	VMOVUPD      64(AX), Y14
	VBROADCASTSD (BX), Y15
	VFMADD231PD  Y12, Y15, Y0
	VFMADD231PD  Y13, Y15, Y1
	VFMADD231PD  Y14, Y15, Y2
	VBROADCASTSD (BX)(R9*1), Y15
	VFMADD231PD  Y12, Y15, Y3
	VFMADD231PD  Y13, Y15, Y4
	VFMADD231PD  Y14, Y15, Y5
	VBROADCASTSD (BX)(R9*2), Y15
	VFMADD231PD  Y12, Y15, Y6
	VFMADD231PD  Y13, Y15, Y7
	VFMADD231PD  Y14, Y15, Y8
	VBROADCASTSD (BX)(R14*1), Y15
	VFMADD231PD  Y12, Y15, Y9
	VFMADD231PD  Y13, Y15, Y10
	VFMADD231PD  Y14, Y15, Y11
	ADDQ         $8, BX
	ADDQ         R8, AX
	DECQ         R13
	JNZ          deep

	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	VMOVUPD Y2, 64(DI)
	VMOVUPD Y3, (DI)(R8*1)
	VMOVUPD Y4, 32(DI)(R8*1)
	VMOVUPD Y5, 64(DI)(R8*1)
	VMOVUPD Y6, (R11)
	VMOVUPD Y7, 32(R11)
	VMOVUPD Y8, 64(R11)
	VMOVUPD Y9, (R11)(R8*1)
	VMOVUPD Y10, 32(R11)(R8*1)
	VMOVUPD Y11, 64(R11)(R8*1)
	LEAQ    (DI)(R8*4), DI
	LEAQ    (SI)(R9*4), SI
	SUBQ    $4, R12
	JNZ     rows
	VZEROUPPER
	RET

// func panel4x4(c *panel)
// The mask is in Y14: columns that it does not let pass are neither read nor
// written.
TEXT ·panel4x4(SB), NOSPLIT, $0-8
	LOAD_PANEL
	VMOVDQU panel_mask(AX), Y14
	LEAQ    (R9)(R9*2), R14

rows:
	BEGIN_ROWS
	LEAQ       (DI)(R8*2), R11
	VMASKMOVPD (DI), Y14, Y0
	VMASKMOVPD (DI)(R8*1), Y14, Y3
	VMASKMOVPD (R11), Y14, Y6
	VMASKMOVPD (R11)(R8*1), Y14, Y9

deep:
	VMASKMOVPD   (AX), Y14, Y12
	VBROADCASTSD (BX), Y1
	VFMADD231PD  Y12, Y1, Y0
	VBROADCASTSD (BX)(R9*1), Y4
	VFMADD231PD  Y12, Y4, Y3
	VBROADCASTSD (BX)(R9*2), Y7
	VFMADD231PD  Y12, Y7, Y6
	VBROADCASTSD (BX)(R14*1), Y10
	VFMADD231PD  Y12, Y10, Y9
	ADDQ         $8, BX
	ADDQ         R8, AX
	DECQ         R13
	JNZ          deep

	VMASKMOVPD Y0, Y14, (DI)
	VMASKMOVPD Y3, Y14, (DI)(R8*1)
	VMASKMOVPD Y6, Y14, (R11)
	VMASKMOVPD Y9, Y14, (R11)(R8*1)
	LEAQ       (DI)(R8*4), DI
	LEAQ       (SI)(R9*4), SI
	SUBQ       $4, R12
	JNZ        rows
	VZEROUPPER
	RET

// func panel1x32(c *panel)
// One row has no second use of b; eight sums hide the latency.
TEXT ·panel1x32(SB), NOSPLIT, $0-8
	LOAD_PANEL

rows:
	BEGIN_ROWS
	VMOVUPD (DI), Y0
	VMOVUPD 32(DI), Y1
	VMOVUPD 64(DI), Y2
	VMOVUPD 96(DI), Y3
	VMOVUPD 128(DI), Y4
	VMOVUPD 160(DI), Y5
	VMOVUPD 192(DI), Y6
	VMOVUPD 224(DI), Y7

deep:
	VBROADCASTSD (BX), Y15
	VFMADD231PD  (AX), Y15, Y0
	VFMADD231PD  32(AX), Y15, Y1
	VFMADD231PD  64(AX), Y15, Y2
	VFMADD231PD  96(AX), Y15, Y3
	VFMADD231PD  128(AX), Y15, Y4
	VFMADD231PD  160(AX), Y15, Y5
	VFMADD231PD  192(AX), Y15, Y6
	VFMADD231PD  224(AX), Y15, Y7
	ADDQ         $8, BX
	ADDQ         R8, AX
	DECQ         R13
	JNZ          deep

	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	VMOVUPD Y2, 64(DI)
	VMOVUPD Y3, 96(DI)
	VMOVUPD Y4, 128(DI)
	VMOVUPD Y5, 160(DI)
	VMOVUPD Y6, 192(DI)
	VMOVUPD Y7, 224(DI)
	ADDQ    R8, DI
	ADDQ    R9, SI
	DECQ    R12
	JNZ     rows
	VZEROUPPER
	RET

// func panel1x4(c *panel)
TEXT ·panel1x4(SB), NOSPLIT, $0-8
	LOAD_PANEL
	VMOVDQU panel_mask(AX), Y14

rows:
	BEGIN_ROWS
	VMASKMOVPD (DI), Y14, Y0

deep:
	VMASKMOVPD   (AX), Y14, Y12
	VBROADCASTSD (BX), Y15
	VFMADD231PD  Y12, Y15, Y0
	ADDQ         $8, BX
	ADDQ         R8, AX
	DECQ         R13
	JNZ          deep

	VMASKMOVPD Y0, Y14, (DI)
	ADDQ       R8, DI
	ADDQ       R9, SI
	DECQ       R12
	JNZ        rows
	VZEROUPPER
	RET
