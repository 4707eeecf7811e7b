//go:build !purego

#include "textflag.h"

// Registers: Y0 x    Y15 the sign bit    Y14 1.0    Y13 log2(e)    Y12 the shift
// Y11 −ln2Hi    Y10 −ln2Lo    Y9 the end of the range    DX the table
// The iterations do not depend on each other, so the processor overlaps them;
// nothing is gained by unrolling.

#define CONSTANTS \
	LEAQ ·expTable(SB), DX \
	VPCMPEQQ Y15, Y15, Y15 \
	VPSLLQ $63, Y15, Y15 \
	VBROADCASTSD (DX), Y13 \
	VBROADCASTSD 8(DX), Y12 \
	VBROADCASTSD 16(DX), Y11 \
	VBROADCASTSD 24(DX), Y10 \
	VBROADCASTSD 48(DX), Y14

// q = q·r + the coefficient at the offset
#define HORNER(offset) \
	VBROADCASTSD offset(DX), Y5 \
	VFMADD213PD Y5, Y4, Y3

// REDUCE is reduceTwin: from y in Y1 it gives p in Y3 and s in Y2; it uses Y4
// to Y6.
#define REDUCE \
	VMOVAPD Y12, Y2 \
	VFMADD231PD Y13, Y1, Y2 \
	VSUBPD Y12, Y2, Y3 \
	VMOVAPD Y1, Y4 \
	VFMADD231PD Y11, Y3, Y4 \
	VFMADD231PD Y10, Y3, Y4 \
	VPSLLQ $52, Y2, Y2 \
	VPADDQ Y14, Y2, Y2 \
	VMULPD Y4, Y4, Y6 \
	VBROADCASTSD 64(DX), Y3 \
	HORNER(72) \
	HORNER(80) \
	HORNER(88) \
	HORNER(96) \
	HORNER(104) \
	HORNER(112) \
	HORNER(120) \
	HORNER(128) \
	HORNER(136) \
	HORNER(144) \
	HORNER(152) \
	VFMADD213PD Y4, Y6, Y3

// func sigmoidVectors(dst, x *float64, n int)
TEXT ·sigmoidVectors(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	CONSTANTS
	VBROADCASTSD 32(DX), Y9

loop:
	VMOVUPD     (SI), Y0
	VANDNPD     Y0, Y15, Y7       // t = |x|
	VORPD       Y0, Y15, Y1
	REDUCE
	VFMADD213PD Y2, Y2, Y3        // e = p·s + s
	VCMPPD      $0x1e, Y9, Y7, Y8 // t > end
	VANDNPD     Y3, Y8, Y3
	VADDPD      Y14, Y3, Y4
	VBLENDVPD   Y0, Y3, Y14, Y5   // e where the sign bit is set, 1 elsewhere
	VDIVPD      Y4, Y5, Y5
	VMOVUPD     Y5, (DI)
	ADDQ        $32, SI
	ADDQ        $32, DI
	SUBQ        $4, CX
	JNZ         loop
	VZEROUPPER
	RET

// func tanhVectors(dst, x *float64, n int)
TEXT ·tanhVectors(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	CONSTANTS
	VBROADCASTSD 40(DX), Y9
	VBROADCASTSD 56(DX), Y8

loop:
	VMOVUPD     (SI), Y0
	VANDNPD     Y0, Y15, Y1
	VMINPD      Y1, Y9, Y1  // in this order a NaN passes
	VADDPD      Y1, Y1, Y1
	VORPD       Y1, Y15, Y1
	REDUCE
	VSUBPD      Y14, Y2, Y4
	VFMADD213PD Y4, Y2, Y3  // e = p·s + (s − 1)
	VADDPD      Y8, Y3, Y4
	VDIVPD      Y4, Y3, Y3
	VANDNPD     Y3, Y15, Y3
	VANDPD      Y0, Y15, Y5
	VORPD       Y5, Y3, Y3
	VMOVUPD     Y3, (DI)
	ADDQ        $32, SI
	ADDQ        $32, DI
	SUBQ        $4, CX
	JNZ         loop
	VZEROUPPER
	RET
