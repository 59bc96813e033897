/** The logo: a fairlead, open at the top, and the line that it guides. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg
      viewBox="0 0 32 32"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      aria-hidden
    >
      <path
        strokeWidth={3}
        d="M11 6.5C7 8.4 4.5 12 4.5 16.2 4.5 22.7 9.6 27.5 16 27.5s11.5-4.8 11.5-11.3C27.5 12 25 8.4 21 6.5"
      />
      <path strokeWidth={3} d="M16 2.5v17" strokeDasharray="0.1 5.2" />
      <circle cx="16" cy="19.5" r="2" fill="currentColor" stroke="none" />
    </svg>
  )
}
