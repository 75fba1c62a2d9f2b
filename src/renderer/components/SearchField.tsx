import { TextInput, type TextInputProps } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface SearchFieldProps extends Omit<TextInputProps, 'label' | 'onChange'> {
  /** Its name, and what is read in it while it is empty. */
  label: string
  onChange(text: string): void
}

/** Where one writes what a list or table is searched for. */
export function SearchField({ label, onChange, ...rest }: SearchFieldProps): ReactNode {
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={14} />}
      onChange={event => onChange(event.currentTarget.value)}
      {...rest}
    />
  )
}
