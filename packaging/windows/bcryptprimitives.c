/* For try.sh alone: Wine before 9 lacks bcryptprimitives.dll, from which programs made by Go take random numbers. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T left)
{
	while (left) {
		ULONG n = left > 0x7fffffff ? 0x7fffffff : (ULONG)left;
		if (!RtlGenRandom(to, n))
			return FALSE;
		to += n;
		left -= n;
	}
	return TRUE;
}
