//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// All of these do the whole vectors of four of the H units; H >= 4.
// Registers: CX bytes to do    BX position in bytes    R8..R11 gates i, f, g, o

#define LOAD_GATES \
	MOVQ c+0(FP), AX \
	MOVQ (Cell_State+8)(AX), DX \
	MOVQ DX, CX \
	ANDQ $~3, CX \
	SHLQ $3, CX \
	SHLQ $3, DX \
	XORQ BX, BX \
	MOVQ Cell_Gates(AX), R8 \
	LEAQ (R8)(DX*1), R9 \
	LEAQ (R9)(DX*1), R10 \
	LEAQ (R10)(DX*1), R11

// func advance(c *Cell)
TEXT ·advance(SB), NOSPLIT, $0-8
	LOAD_GATES
	MOVQ Cell_Previous(AX), SI
	MOVQ Cell_State(AX), DI

loop:
	VMOVUPD     (R8)(BX*1), Y0
	VMULPD      (R10)(BX*1), Y0, Y0
	VMOVUPD     (R9)(BX*1), Y1
	VFMADD231PD (SI)(BX*1), Y1, Y0
	VMOVUPD     Y0, (DI)(BX*1)
	ADDQ        $32, BX
	CMPQ        BX, CX
	JLT         loop
	VZEROUPPER
	RET

// func output(c *Cell)
TEXT ·output(SB), NOSPLIT, $0-8
	LOAD_GATES
	MOVQ Cell_Squashed(AX), SI
	MOVQ Cell_Hidden(AX), DI

loop:
	VMOVUPD (R11)(BX*1), Y0
	VMULPD  (SI)(BX*1), Y0, Y0
	VMOVUPD Y0, (DI)(BX*1)
	ADDQ    $32, BX
	CMPQ    BX, CX
	JLT     loop
	VZEROUPPER
	RET

// func backward(c *Cell, dHidden, dState, dGates *float64)
// Y0..Y3 gates i, f, g, o    Y4 squashed    Y5 gradient of hidden
// Y6 gradient of the state    Y7 1.0
// The gradients of the gates go to R13, R14, R12 and DI: i, f, g, o.
TEXT ·backward(SB), NOSPLIT, $0-32
	LOAD_GATES
	MOVQ         dGates+24(FP), R13
	LEAQ         (R13)(DX*1), R14
	LEAQ         (R14)(DX*1), R12
	LEAQ         (R12)(DX*1), DI
	MOVQ         dState+16(FP), DX
	MOVQ         Cell_Previous(AX), SI
	MOVQ         Cell_Squashed(AX), AX
	VBROADCASTSD ·expTable+48(SB), Y7

	// CX counts up from minus the bytes, which frees BX for dHidden.
	ADDQ CX, R8
	ADDQ CX, R9
	ADDQ CX, R10
	ADDQ CX, R11
	ADDQ CX, R12
	ADDQ CX, R13
	ADDQ CX, R14
	ADDQ CX, DI
	ADDQ CX, DX
	ADDQ CX, SI
	ADDQ CX, AX
	MOVQ dHidden+8(FP), BX
	ADDQ CX, BX
	NEGQ CX

loop:
	VMOVUPD      (R8)(CX*1), Y0
	VMOVUPD      (R9)(CX*1), Y1
	VMOVUPD      (R10)(CX*1), Y2
	VMOVUPD      (R11)(CX*1), Y3
	VMOVUPD      (AX)(CX*1), Y4
	VMOVUPD      (BX)(CX*1), Y5
	VMOVUPD      (DX)(CX*1), Y6
	VMOVAPD      Y7, Y8
	VFNMADD231PD Y4, Y4, Y8          // 1 − squashed²
	VMULPD       Y3, Y5, Y9
	VFMADD231PD  Y8, Y9, Y6          // dc = dh·o·(1 − squashed²) + dState

	VMULPD       Y2, Y6, Y9
	VMOVAPD      Y0, Y10
	VFNMADD231PD Y0, Y0, Y10
	VMULPD       Y10, Y9, Y9         // dc·g · i(1 − i)
	VMULPD       (SI)(CX*1), Y6, Y11
	VMOVAPD      Y1, Y12
	VFNMADD231PD Y1, Y1, Y12
	VMULPD       Y12, Y11, Y11       // dc·previous · f(1 − f)
	VMULPD       Y0, Y6, Y13
	VMOVAPD      Y7, Y14
	VFNMADD231PD Y2, Y2, Y14
	VMULPD       Y14, Y13, Y13       // dc·i · (1 − g²)
	VMULPD       Y4, Y5, Y15
	VMOVAPD      Y3, Y8
	VFNMADD231PD Y3, Y3, Y8
	VMULPD       Y8, Y15, Y15        // dh·squashed · o(1 − o)
	VMULPD       Y1, Y6, Y6

	VMOVUPD Y9, (R13)(CX*1)
	VMOVUPD Y11, (R14)(CX*1)
	VMOVUPD Y13, (R12)(CX*1)
	VMOVUPD Y15, (DI)(CX*1)
	VMOVUPD Y6, (DX)(CX*1)
	ADDQ    $32, CX
	JLT     loop
	VZEROUPPER
	RET
